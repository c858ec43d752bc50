/**
 * What stays out of sync: gitignore patterns, matched bit for bit as git matches them, and the names that are always
 * left out. `compileIgnoreRules` implements the engine's port `CompileIgnoreRules`.
 */
export { ALWAYS_IGNORED, ENGINE_FOLDER } from "./always-ignored.ts";
export { compileIgnoreRules } from "./compile.ts";
export { uselessLines } from "./useless-lines.ts";

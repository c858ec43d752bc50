/**
 * The engine: three trees of observations, a planner that derives what to do, and executors that re-check before they
 * do it. It knows only the ports below; see docs/architecture.md.
 */

export type { DeletionLimits } from "./control/guard.ts";
export { createEngine, type Engine } from "./engine.ts";
export type { EngineParts } from "./engine-parts.ts";
export { createLock, type Lock } from "./gate.ts";
export { IGNORE_FILE } from "./ignore-file.ts";
export type { SeenInRemote } from "./in-remote.ts";
export { nameBeforeCopy, originalOfCopy, transientName } from "./plan/names.ts";
export * from "./ports/clock.ts";
export * from "./ports/file-system.ts";
export * from "./ports/ignore.ts";
export * from "./ports/remote.ts";
export * from "./ports/store.ts";
export * from "./ports/values.ts";
export { DEFAULT_SETTINGS, type EngineSettings } from "./settings.ts";
export type * from "./status.ts";
export { STOPPED } from "./status.ts";

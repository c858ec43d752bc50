/**
 * Makes the package that is published: compiled, since Node takes no TypeScript from `node_modules`, and with what it needs of
 * the repository's other packages inside it. Prints the tarball's path; `npm publish` takes that.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const RULES = "@twinfold/dropbox-rules";
const home = fileURLToPath(new URL("..", import.meta.url));
const packages = join(home, "..");
const out = resolve(process.argv[2] ?? join(home, "dist"));
const built = join(out, "built");
const made = join(out, "package");

interface Manifest {
  readonly [field: string]: unknown;
}

const manifestOf = (name: string): Manifest => JSON.parse(readFileSync(join(packages, name, "package.json"), "utf8"));

/** A manifest for what was compiled: what only the repository needs is left out. */
function writeManifest(folder: string, manifest: Manifest, more: Manifest): void {
  const { private: _, devDependencies: __, scripts: ___, ...kept } = manifest;
  const exports = { ".": { types: "./lib/index.d.ts", default: "./lib/index.js" } };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...kept, exports, ...more }, null, 2)}\n`);
}

for (const folder of [built, made]) rmSync(folder, { recursive: true, force: true });
const tsc = join(packages, "../node_modules/.bin/tsc");
execFileSync(tsc, ["-p", join(home, "tsconfig.build.json"), "--outDir", built], { stdio: "inherit" });

mkdirSync(made, { recursive: true });
cpSync(join(built, "dropbox-local/src"), join(made, "lib"), { recursive: true });
// What browsers get is no TypeScript, and so not compiled.
cpSync(join(home, "src/pages"), join(made, "lib/pages"), {
  recursive: true,
  filter: (path) => [".js", ".css", ""].includes(extname(path)),
});
for (const path of ["README.md", "docs"]) cpSync(join(home, path), join(made, path), { recursive: true });
cpSync(join(packages, "../LICENSE"), join(made, "LICENSE"));
writeManifest(made, manifestOf("dropbox-local"), {
  bin: { "dropbox-local": "lib/main.js" },
  files: ["lib", "docs"],
  // `node:sqlite` as it is used here.
  engines: { node: ">=24" },
  bundleDependencies: [RULES],
});

const bundled = join(made, "node_modules", RULES);
mkdirSync(bundled, { recursive: true });
cpSync(join(built, "dropbox-rules/src"), join(bundled, "lib"), { recursive: true });
writeManifest(bundled, manifestOf("dropbox-rules"), {});

const packed = execFileSync("npm", ["pack", "--json", "--pack-destination", out], { cwd: made });
const [tarball] = JSON.parse(packed.toString()) as [{ readonly filename: string }];
console.log(join(out, tarball.filename));

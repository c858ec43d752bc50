import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { clientOf, temporaryFolder } from "./harness.ts";

const run = promisify(execFile);
const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const PACK = fileURLToPath(new URL("../scripts/pack.ts", import.meta.url));

/** The README's first example, and what a browser asks for. */
const PROGRAM = `
import { startDropboxLocal, type ReadyMade } from "@twinfold/dropbox-local";

const dropbox = await startDropboxLocal({ dataFolder: process.argv[2] ?? "", quotaBytes: 1000 });
const ready: ReadyMade = await dropbox.readyMade();
const { status } = await fetch(\`\${ready.url}/2/files/upload\`, {
  method: "POST",
  headers: {
    authorization: \`Bearer \${ready.accessToken}\`,
    "content-type": "application/octet-stream",
    "dropbox-api-arg": JSON.stringify({ path: "/hello.txt" }),
  },
  body: "hello",
});
const pages = [];
for (const path of ["/login", "/assets/live.js", "/assets/uploads.js", "/assets/pages.css", "/assets/files.css", "/assets/table.css"])
  pages.push((await fetch(ready.url + path)).status);
console.log(JSON.stringify({ status, pages, folder: ready.appFolder }));
await dropbox.close();
`;

test("the package that is published is complete: it starts from node_modules, with its types and its pages", {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  const { stdout } = await run(process.execPath, [PACK, folder]);
  const tarball = stdout.trim();
  const installed = join(folder, "node_modules/@twinfold/dropbox-local");
  await mkdir(installed, { recursive: true });
  await run("tar", ["xzf", tarball, "--strip-components=1", "-C", installed]);
  expect((await readdir(installed)).sort()).toEqual([
    "LICENSE",
    "README.md",
    "docs",
    "lib",
    "node_modules",
    "package.json",
  ]);
  // What npm would have from its registry.
  for (const name of ["zod", "sharp", "@node-rs", "@types", "undici-types"])
    await symlink(join(REPOSITORY, "node_modules", name), join(folder, "node_modules", name));

  const compilerOptions = { strict: true, module: "nodenext", target: "es2024", types: ["node"], outDir: "out" };
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  await writeFile(join(folder, "use.ts"), PROGRAM);
  await run(join(REPOSITORY, "node_modules/.bin/tsc"), ["-p", folder]);
  const used = await run(process.execPath, [join(folder, "out/use.js"), join(folder, "data")]);
  expect(JSON.parse(used.stdout)).toEqual({
    status: 200,
    pages: [200, 200, 200, 200, 200, 200],
    folder: "/Apps/Twinfold",
  });

  const { bin } = JSON.parse(await readFile(join(installed, "package.json"), "utf8"));
  const command = join(installed, bin["dropbox-local"]);
  const words = ["--data", join(folder, "more"), "--json", "--latency-ms", "1", "--quota-bytes", "1000", "--control"];
  const child = spawn(process.execPath, [command, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  const { url, accessToken } = JSON.parse(String(line));
  expect(await (await fetch(`${url}/__control/conditions`)).json()).toMatchObject({ latencyMs: 1 });
  expect((await clientOf(url, accessToken).ok("users/get_space_usage", null)).allocation.allocated).toBe(1000);
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

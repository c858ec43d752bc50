import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Distribution, Snapshot } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PATIENCE } from "./linked-server.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { json, unitIds } from "./people.ts";

/** What must never be read, nor changed. */
const SECRET = "of another tenant";

let own: OwnServer;
let root: string;
let instance: string;
let target: string;
beforeAll(async () => {
  own = await startOwnServer();
  const units = await unitIds(own);
  const id = units.get("First Space/Master") ?? "";
  target = units.get("First Space/Distributed") ?? "";
  instance = `/api/instances/${id}`;
  root = join(own.folder, "files", id);
  // Beside the root, above it, and behind links that an application has put there.
  mkdirSync(join(own.folder, "files/beside"), { recursive: true });
  mkdirSync(join(root, "inside"), { recursive: true });
  for (const folder of ["files/beside", "files", "."]) writeFileSync(join(own.folder, folder, "secret.txt"), SECRET);
  symlinkSync(join(own.folder, "files/beside"), join(root, "link"));
  symlinkSync("../../beside", join(root, "inside/link"));
  symlinkSync(join(own.folder, "files/beside/secret.txt"), join(root, "link.txt"));
});
afterAll(() => own.dispose());

const OUT = [
  "..",
  "../secret.txt",
  "../beside/secret.txt",
  "inside/../../secret.txt",
  "./secret.txt",
  "/etc/passwd",
  "//etc/passwd",
  "inside//secret.txt",
  "secret.txt/",
  "secret.txt\0.png",
  "inside/..",
];
/** Names like any other, however they look to a program that decodes twice. */
const MERELY_NAMES = ["%2e%2e%2fsecret.txt", "..%2fsecret.txt", "..\\secret.txt", "~/secret.txt", "inside/..."];
const THROUGH_LINKS = ["link/secret.txt", "inside/link/secret.txt", "link/beside", "link.txt/x"];

/** All that can be done at a path. @returns how it was answered */
async function tryAll(area: string, path: string): Promise<string[]> {
  const query = new URLSearchParams({ area, path });
  const answers = [
    await own.call("GET", `${instance}/files?${query}`),
    await own.call("GET", `${instance}/file?${query}`),
    await own.call("PUT", `${instance}/file?${query}`, "overwritten"),
    await own.call("POST", `${instance}/folder`, { area, path }),
    await own.call("POST", `${instance}/move`, { area, from: path, to: "stolen.txt" }),
    await own.call("POST", `${instance}/move`, { area, from: "inside", to: path }),
    await own.call("POST", `${instance}/delete`, { area, path }),
  ];
  return Promise.all(
    answers.map(async (answer) => {
      const said = await answer.text();
      expect(said).not.toContain(SECRET);
      return `${answer.status} ${answer.ok ? "" : JSON.parse(said).error.code}`;
    }),
  );
}
function expectUntouched(): void {
  for (const folder of ["files/beside", "files", "."])
    expect(readFileSync(join(own.folder, folder, "secret.txt"), "utf8")).toBe(SECRET);
  expect(readdirSync(join(own.folder, "files/beside"))).toEqual(["secret.txt"]);
  expect(readdirSync(root).sort()).toEqual(["inside", "link", "link.txt"]);
}

test.each(["workspace", "personal"])("no path leads out of the %s files", async (area) => {
  const inside = { area, path: "inside" };
  await own.call("POST", `${instance}/folder`, inside);
  for (const path of OUT) expect(await tryAll(area, path)).toEqual(Array(7).fill("400 bad-path"));
  for (const path of MERELY_NAMES) {
    const [listed, read] = await tryAll(area, path);
    expect([listed, read].join()).toMatch(/^(400 bad-path|404 not-found),(400 bad-path|404 not-found)$/);
    await own.call("POST", `${instance}/delete`, { area, path });
    await own.call("POST", `${instance}/delete`, { area, path: "stolen.txt" });
    await own.call("POST", `${instance}/folder`, inside);
  }
});

test("nor does a link that an application has put there; a link itself is moved and deleted as such", async () => {
  symlinkSync("../../beside", join(root, "inside/link"));
  for (const path of THROUGH_LINKS) {
    expect(new Set(await tryAll("workspace", path))).toEqual(new Set(["400 bad-path"]));
  }
  expectUntouched();
  const [listed, read, written, made] = await tryAll("workspace", "link");
  expect([listed, read, written, made]).toEqual(["400 bad-path", "409 not-a-file", "409 exists", "409 exists"]);
  expect(readdirSync(join(own.folder, "files/beside"))).toEqual(["secret.txt"]);
});

test("nor from a snapshot, a restore or a distribution", async () => {
  await own.call("POST", `${instance}/delete`, { area: "workspace", path: "stolen.txt" });
  symlinkSync(join(own.folder, "files/beside"), join(root, "again"));
  const taken = await json<Snapshot>(own.call("POST", `${instance}/snapshots`, {}));
  const at = `${instance}/snapshots/${taken.id}`;
  for (const path of ["..", "/etc", "again", "inside/../..", "\0"]) {
    const answer = await own.call("GET", `${at}/files?${new URLSearchParams({ path })}`);
    expect([path, answer.status]).toEqual([path, 404]);
  }
  for (const id of ["..%2f..%2fbeside", "%2e%2e", "%00"])
    expect([id, await own.raw("GET", `${instance}/snapshots/${id}/files`)]).toEqual([id, 404]);
  const restored = await own.call("POST", `${at}/restore`, { paths: ["../secret.txt", "again/secret.txt"] });
  expect(restored.status).toBe(200);

  const distribute = (paths: readonly string[]) =>
    own.call("POST", `${instance}/distributions`, { paths, targets: [target] });
  for (const path of ["..", "../secret.txt", "/etc/passwd", "a/../../secret.txt", "a\0"])
    expect([path, (await distribute([path])).status]).toEqual([path, 400]);
  for (const path of ["again/secret.txt", "again"])
    expect([path, (await distribute([path])).status >= 400]).toEqual([path, true]);
  // Into a target in which an application has put a link where a folder is to be.
  mkdirSync(join(root, "pack"));
  writeFileSync(join(root, "pack/secret.txt"), "distributed");
  mkdirSync(join(own.folder, "files", target), { recursive: true });
  symlinkSync(join(own.folder, "files/beside"), join(own.folder, "files", target, "pack"));
  expect((await distribute(["pack"])).status).toBe(200);
  await vi.waitFor(async () => {
    const all = await json<{ distributions: Distribution[] }>(own.call("GET", `${instance}/distributions`));
    expect(all.distributions[0]?.targets[0]?.state).toBe("done");
  }, PATIENCE);
  expect(readdirSync(join(own.folder, "files/beside"))).toEqual(["secret.txt"]);
  expect(readFileSync(join(own.folder, "files/beside/secret.txt"), "utf8")).toBe(SECRET);
});

test("the pages' own files are all that lies behind the pages' addresses", async () => {
  const { hostname, port } = new URL(own.url);
  // Exactly as written, where `fetch` would tidy it up.
  const get = (path: string) =>
    new Promise<string>((resolve, reject) => {
      request({ hostname, port, path }, (answer) => resolve(text(answer)))
        .on("error", reject)
        .end();
    });
  for (const up of ["/../", "/..%2f", "/%2e%2e/", "/assets/..%2f..%2f", "/assets/../../", "/..%5c", "//"]) {
    for (const file of ["package.json", "tsconfig.json", "src/app.tsx", "etc/passwd"])
      expect(await get(`${up}${file}`)).not.toMatch(/"name":|compilerOptions|import |root:/);
  }
});

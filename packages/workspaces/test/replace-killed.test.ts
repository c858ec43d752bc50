import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type FolderFiles, openFolderFiles } from "../src/index.ts";
import type { KillOrders } from "./killing-steps.ts";

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const CHILD = ["--import", at("killing-steps.ts"), "--import", at("without-exchange.ts"), at("replace-child.ts")];
/** More than there are changes to the disk by which a file takes another's place. */
const MOST = 20;

let world: string;
let files: FolderFiles;
const own = (name: string) => join(world, name);
beforeEach(() => {
  world = mkdtempSync(join(tmpdir(), "twinfold-replace-"));
});
afterEach(() => rmSync(world, { recursive: true, force: true }));

function begin(): void {
  for (const name of readdirSync(world)) rmSync(own(name), { recursive: true });
  mkdirSync(own("root"));
  writeFileSync(own("root/thesis.txt"), "the work of years");
  files = openFolderFiles(own("root"), own("staging"), own("kept"));
}

/** @returns whether it was killed, at the change of this number */
function killedAt(number: number, ...id: string[]): boolean {
  writeFileSync(own("orders"), JSON.stringify({ below: world, at: number } satisfies KillOrders));
  const { signal, stderr } = spawnSync(process.execPath, [...CHILD, own("root"), own("staging"), own("kept"), ...id], {
    env: { ...process.env, KILL_ORDERS: own("orders") },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return signal === "SIGKILL";
}

const there = () => readFileSync(own("root/thesis.txt"), "utf8");
/** What a person finds in the root, and among what can be brought back. */
async function allOf(): Promise<string[]> {
  const offered = (await files.deleted()).map(({ id }) => own(`kept/${id}/item`));
  const inRoot = readdirSync(own("root")).map((name) => own(`root/${name}`));
  return [...inRoot, ...offered].map((name) => readFileSync(name, "utf8"));
}

test("an upload that is killed at any step where names can't be exchanged leaves the file in its place, or offers it", async () => {
  const found = new Set<string>();
  for (let number = 1; ; number++) {
    begin();
    const killed = killedAt(number);
    await files.recover();
    found.add(there());
    expect(await allOf()).toContain("the work of years");
    if (!killed) break;
    expect(number).toBeLessThan(MOST);
  }
  expect([...found].toSorted()).toEqual(["an upload", "the work of years"]);
});

test("bringing back what was replaced, killed at any step, loses neither of the two", async () => {
  for (let number = 1; ; number++) {
    begin();
    const { keptAs } = await files.replace("thesis.txt", Readable.from(["a newer one"]));
    const killed = killedAt(number, keptAs ?? "");
    await files.recover();
    expect(there()).toMatch(/the work of years|a newer one/);
    const all = await allOf();
    expect(all).toContain("the work of years");
    expect(all).toContain("a newer one");
    if (!killed) break;
    expect(number).toBeLessThan(MOST);
  }
});

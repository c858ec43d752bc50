import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";
import { type LeftPath, openSnapshots, type Snapshots } from "../src/index.ts";
import type { KillOrders } from "./killing-steps.ts";

/** A user of the system who owns nothing; to its administrator nothing is refused. */
const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;
const mounts = await OwnMounts.open();

let world: string;
let root: string;
let told: LeftPath[];
let snapshots: Snapshots;

async function open(): Promise<void> {
  snapshots = await openSnapshots(
    root,
    join(world, "saved"),
    async () => undefined,
    (paths) => told.push(...paths),
  );
}

const put = (files: Readonly<Record<string, string>>) => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), content);
  }
};
const everything = () =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => statSync(join(root, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(root, path), "utf8")]),
  );
const modeOf = (path: string) => statSync(join(root, path)).mode & 0o777;
const isBegun = () => existsSync(join(world, "saved/restore/journal.json"));

function makeWorld(): void {
  world = mkdtempSync(join(tmpdir(), "twinfold-refused-"));
  root = join(world, "root");
  told = [];
  mkdirSync(root);
}

describe("as a user of the system whose folders may be closed", () => {
  beforeEach(async () => {
    if (isRoot) process.seteuid?.(NOBODY);
    makeWorld();
    await open();
  });
  afterEach(async () => {
    await snapshots.close();
    if (isRoot) process.seteuid?.(0);
    rmSync(world, { recursive: true, force: true });
  });

  /** As package managers leave what they have downloaded. */
  function makeClosed(): void {
    put({ "mod/deep/edited.go": "now", "mod/deep/since.go": "since", "mod/since/x.go": "since" });
    for (const folder of ["mod/since", "mod/deep", "mod"]) chmodSync(join(root, folder), 0o555);
  }

  test("what lies in folders that may not be written into is restored like all else, and they keep their modes", async () => {
    put({ "mod/deep/edited.go": "then", "mod/deep/gone.go": "then", "a.txt": "then" });
    for (const folder of ["mod/deep", "mod"]) chmodSync(join(root, folder), 0o555);
    const then = everything();
    const { id } = await snapshots.take("");
    for (const folder of ["mod", "mod/deep"]) chmodSync(join(root, folder), 0o755);
    rmSync(join(root, "mod/deep/gone.go"));
    put({ "a.txt": "now" });
    makeClosed();
    const now = everything();
    const { refused, ...safety } = await snapshots.restore(id, {});
    expect([refused, everything(), modeOf("mod"), modeOf("mod/deep")]).toEqual([[], then, 0o555, 0o555]);
    await snapshots.restore(safety.id, {});
    expect([everything(), modeOf("mod/since"), isBegun()]).toEqual([now, 0o555, false]);
  });

  test("a folder that was opened for a step has its mode again after a kill in that moment", async () => {
    makeClosed();
    const then = everything();
    const { id } = await snapshots.take("");
    chmodSync(join(root, "mod/deep"), 0o755);
    put({ "mod/deep/edited.go": "later", "mod/deep/later.go": "later" });
    chmodSync(join(root, "mod/deep"), 0o555);
    await snapshots.close();
    const orders: KillOrders = { below: root, after: "chmodSync" };
    writeFileSync(join(world, "orders"), JSON.stringify(orders));
    const [killing, child] = ["killing-steps.ts", "restore-step-child.ts"].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    ) as [string, string];
    if (isRoot) process.seteuid?.(0);
    const words = ["--import", killing, child, root, join(world, "saved"), id, join(world, "book")];
    const restoring = spawn(process.execPath, words, {
      env: { ...process.env, KILL_ORDERS: join(world, "orders") },
      stdio: ["pipe", "ignore", "inherit"],
      ...(isRoot ? { uid: NOBODY } : {}),
    });
    restoring.stdin?.end("now\n");
    expect((await once(restoring, "exit"))[1]).toBe("SIGKILL");
    if (isRoot) process.seteuid?.(NOBODY);
    expect(modeOf("mod/deep")).toBe(0o755);
    await open();
    expect(everything()).toEqual(then);
    expect([told, isBegun(), modeOf("mod/deep")]).toEqual([[], false, 0o555]);
  });

  test("one path that is refused keeps none of the others from it, and what was to go there goes back", async () => {
    put({ "closed/a.txt": "of a", "closed/edited.txt": "then", "b.txt": "of b", "z.txt": "then", "y/was.txt": "y" });
    const { id } = await snapshots.take("");
    renameSync(join(root, "closed/a.txt"), join(root, "a is here.txt"));
    rmSync(join(root, "b.txt"));
    renameSync(join(root, "y/was.txt"), join(root, "b.txt"));
    put({ "closed/edited.txt": "now", "z.txt": "now", "since.txt": "since" });
    const close = async () => {
      for (const folder of ["closed", "y"]) chmodSync(join(root, folder), 0);
    };
    const { refused } = await snapshots.restore(id, { meant: close });
    for (const folder of ["closed", "y"]) chmodSync(join(root, folder), 0o755);
    expect(refused.map(({ path }) => path).sort()).toEqual(["closed/a.txt", "closed/edited.txt", "y/was.txt"]);
    expect(new Set(refused.map(({ why }) => why))).toEqual(
      new Set(["Its folder can't be written to: change who may, then restore it again."]),
    );
    expect(everything()).toEqual({
      "a is here.txt": "of a",
      "b (from before a restore).txt": "y",
      "b.txt": "of b",
      "closed/edited.txt": "now",
      "z.txt": "then",
    });
    // It has ended: what is done later is nobody's restore any more.
    expect(isBegun()).toBe(false);
    expect((await snapshots.restore(id, {})).refused).toEqual([]);
    expect(everything()).toMatchObject({ "closed/a.txt": "of a", "y/was.txt": "y", "closed/edited.txt": "then" });
  });
});

describe("where something stops it", () => {
  beforeEach(async () => {
    makeWorld();
    await open();
  });
  afterEach(async () => {
    await snapshots.close();
    rmSync(world, { recursive: true, force: true });
  });

  test.skipIf(mounts === null)("what something is mounted on stays, and all else is restored", async () => {
    const own = mounts as OwnMounts;
    put({ "a.txt": "then", "m.txt": "then", "z.txt": "then" });
    const { id } = await snapshots.take("");
    put({ "a.txt": "now", "m.txt": "now", "z.txt": "now" });
    own.run("mount", "--bind", join(root, "m.txt"), join(root, "m.txt"));
    try {
      const child = fileURLToPath(new URL("restore-child.ts", import.meta.url));
      // The kernel minds the mounts only of who asks.
      own.run(process.execPath, child, root, join(world, "saved"), id);
      expect([everything(), isBegun()]).toEqual([{ "a.txt": "then", "m.txt": "now", "z.txt": "then" }, false]);
    } finally {
      own.run("umount", join(root, "m.txt"));
    }
  });

  test("half way, what was saved can be looked at and read, and nothing is carried out by that", async () => {
    put({ "a.txt": "then", "b.txt": "the same" });
    const { id } = await snapshots.take("");
    rmSync(join(root, "a.txt"));
    const lost = readdirSync(join(world, "saved/contents"), { recursive: true, encoding: "utf8" })
      .map((name) => join(world, "saved/contents", name))
      .find((file) => statSync(file).isFile() && readFileSync(file, "utf8") === "then");
    const away = `${world}/away`;
    const loseIt = async () => {
      renameSync(lost ?? "", away);
      rmSync(join(world, "saved/restore/new-0"));
    };
    await expect(snapshots.restore(id, { meant: loseIt })).rejects.toThrow("ENOENT");
    await snapshots.close();
    await open();
    expect(snapshots.isUnfinished()).toBe(true);
    await expect(snapshots.finish()).rejects.toThrow("ENOENT");
    renameSync(away, lost ?? "");
    expect(snapshots.list()).toHaveLength(2);
    expect(snapshots.entries(id, "").map(({ name }) => name)).toEqual(["a.txt", "b.txt"]);
    snapshots.read(id, "b.txt").content.destroy();
    await snapshots.compare(id);
    expect([snapshots.isUnfinished(), everything()]).toEqual([true, { "b.txt": "the same" }]);
    await snapshots.finish();
    expect([snapshots.isUnfinished(), everything()]).toEqual([false, { "a.txt": "then", "b.txt": "the same" }]);
  });
});

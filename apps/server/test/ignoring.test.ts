import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityPage, IgnorePreview, TakenOut, Undo } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json } from "./people.ts";

vi.setConfig({ testTimeout: 120_000 });

let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
}, 60_000);
afterAll(() => linked.dispose());

const write = (name: string, content: string) => writeFileSync(join(linked.root, name), content);
const here = (name: string) => readFileSync(join(linked.root, name), "utf8");
const ask = (what: string, body: unknown) => linked.own.call("POST", `/api/instances/${linked.id}/${what}`, body);
const preview = (text: string) => json<IgnorePreview>(ask("ignore/preview", { text }));
const takeOut = (agreed: { files: number; bytes: number } | null) => ask("ignore/take-out", { agreed });
const codeOf = async (answer: Promise<Response>) =>
  `${(await answer).status} ${(await json<{ error: { code: string } }>(answer)).error.code}`;
const activity = () => json<ActivityPage>(linked.own.call("GET", `/api/instances/${linked.id}/activity`));
/** Once both sides are what they are to be. */
const becomes = (wanted: Record<string, string | null>) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toEqual(wanted), PATIENCE);

test("while nothing is synced a preview knows the disk only, and nothing is taken out", async () => {
  expect(await preview("*.log\n")).toMatchObject({ leftOut: { files: 0 }, withDropbox: false, whole: true });
  expect(await codeOf(takeOut(null))).toBe("409 no-session");
});

test("a preview counts what is on disk or in Dropbox, once, and changes nothing", async () => {
  await linked.startApplication();
  await linked.becomes("up to date");
  write(".mignore", "*.tmp\n");
  write("a.log", "1");
  write("b.log", "22");
  write("c.tmp", "333");
  await becomes({ ".mignore": "*.tmp\n", "a.log": "1", "b.log": "22" });
  await linked.putInDropbox("only there.tmp", "4444");
  await linked.putInDropbox("c.tmp", "on both sides");
  await vi.waitFor(async () => {
    expect(await preview("*.log\n!keep.log\n*.log\n")).toEqual({
      leftOut: {
        files: 2,
        bytes: 3,
        first: [
          { path: "a.log", line: 3, pattern: "*.log" },
          { path: "b.log", line: 3, pattern: "*.log" },
        ],
      },
      comesIn: {
        files: 2,
        bytes: 7,
        first: [
          { path: "c.tmp", line: 1, pattern: "*.tmp" },
          { path: "only there.tmp", line: 1, pattern: "*.tmp" },
        ],
      },
      problems: [{ line: 1, pattern: "*.log", why: "Line 3 says the same, and the last line that matches decides." }],
      whole: true,
      withDropbox: true,
    });
  }, PATIENCE);
  expect(here(".mignore")).toBe("*.tmp\n");
});

test("it is said how much would go, and another amount than that does not go", async () => {
  write(".mignore", "*.log\n*.tmp\n");
  await becomes({
    ...{ ".mignore": "*.log\n*.tmp\n", "a.log": "1", "b.log": "22" },
    ...{ "c.tmp": "on both sides", "only there.tmp": "4444" },
  });
  const said: TakenOut = { files: 2, bytes: 3, staying: 2 };
  expect(await json(takeOut(null))).toEqual(said);
  expect(await codeOf(takeOut({ files: 1, bytes: 1 }))).toBe("409 other-amount");
  await ask("sync", { command: "pause" });
  expect(await codeOf(takeOut(said))).toBe("409 paused");
  await ask("sync", { command: "resume" });
  expect(Object.keys(await linked.inDropbox())).toHaveLength(5);
});

test("who may only look previews nothing and takes nothing out", async () => {
  const viewer = await invite(linked.own, "instance", linked.id, "viewer@example.org", "instance viewer");
  const asViewer = (what: string, body: unknown) =>
    viewer.call("POST", `/api/instances/${linked.id}/ignore/${what}`, body);
  expect(await codeOf(asViewer("preview", { text: "*" }))).toBe("403 viewer");
  expect(await codeOf(asViewer("take-out", { agreed: { files: 2, bytes: 3 } }))).toBe("403 viewer");
});

test("what was agreed to goes from Dropbox alone, is told in the activity, and comes back by its undo", async () => {
  expect(await json(takeOut({ files: 2, bytes: 3 }))).toEqual({ files: 2, bytes: 3, staying: 2 });
  expect(await linked.inDropbox()).toEqual({
    ...{ ".mignore": "*.log\n*.tmp\n", "c.tmp": "on both sides", "only there.tmp": "4444" },
  });
  await linked.becomes("up to date");
  expect([here("a.log"), here("b.log")]).toEqual(["1", "22"]);
  const entry = await vi.waitFor(async () => {
    const one = (await activity()).entries.find(({ path, action }) => path === "b.log" && action === "delete");
    expect(one).toMatchObject({
      ...{ side: "dropbox", bytes: 2, undo: "possible" },
      reason: "taken out of Dropbox, on disk it stays, as line 1 of .mignore leaves it out: *.log",
    });
    return one;
  }, PATIENCE);
  // Only Dropbox's versions have it from here on.
  rmSync(join(linked.root, "b.log"));
  await ask(`activity/${entry?.id}/undo`, {});
  await vi.waitFor(async () => {
    const { undos } = await json<{ undos: Undo[] }>(linked.own.call("GET", `/api/instances/${linked.id}/undos`));
    expect(undos).toMatchObject([{ state: "done", inPlace: 1 }]);
  }, PATIENCE);
  expect(here("b.log")).toBe("22");
});

test("what was taken out is back in Dropbox once the line is gone, and nothing was lost on disk", async () => {
  write(".mignore", "*.tmp\n");
  await vi.waitFor(
    async () => expect(await linked.inDropbox()).toMatchObject({ "a.log": "1", "b.log": "22" }),
    PATIENCE,
  );
  expect(existsSync(join(linked.root, "c.tmp"))).toBe(true);
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison, Snapshot } from "@twinfold/api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, unitIds } from "./people.ts";

let linked: LinkedServer;
const snapshotsAt = () => `/api/instances/${linked.id}/snapshots`;
const json = async <T>(answer: Promise<Response>): Promise<T> => {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
};
const take = (note: string) => json<Snapshot>(linked.own.call("POST", snapshotsAt(), { note }));
const restore = (id: string, body = {}) =>
  json<{ safety: Snapshot; reached: boolean }>(linked.own.call("POST", `${snapshotsAt()}/${id}/restore`, body));
const put = (name: string, content: string) => {
  mkdirSync(join(linked.root, name, ".."), { recursive: true });
  writeFileSync(join(linked.root, name), content);
};
const here = (name: string) => readFileSync(join(linked.root, name), "utf8");
const dropboxIs = (wanted: Record<string, string | null>) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toEqual(wanted), PATIENCE);

beforeAll(async () => {
  linked = await startLinkedServer();
});
afterAll(() => linked.dispose());

describe("a restore wins by itself", { timeout: 180_000 }, () => {
  const THEN = { "notes.txt": "then", data: null, "data/a.csv": "1" };
  let then: Snapshot;
  let before: Record<string, string | null>;
  let safety: Snapshot;

  beforeAll(async () => {
    put("notes.txt", "then");
    put("data/a.csv", "1");
    await linked.startApplication();
    await linked.becomes("up to date");
    then = await take("before the experiment");
    put("notes.txt", "now");
    rmSync(join(linked.root, "data"), { recursive: true });
    // More than the guard of mass deletions lets pass without a question.
    for (let n = 0; n < 150; n++) put(`results/${n}.txt`, `result ${n}`);
    await linked.becomes("up to date");
    await vi.waitFor(async () => expect(Object.keys(await linked.inDropbox())).toHaveLength(152), PATIENCE);
  });

  test("what Dropbox alone has comes in first; then files and Dropbox are as they were, and no question is asked", async () => {
    await linked.putInDropbox("from laptop.txt", "only in Dropbox");
    before = await linked.inDropbox();
    const done = await restore(then.id);
    ({ safety } = done);
    expect(done.reached).toBe(true);
    expect((await linked.instance()).applications).toEqual([]);
    expect(
      readdirSync(linked.root)
        .filter((name) => name !== ".twinfold")
        .sort(),
    ).toEqual(["data", "notes.txt"]);
    expect(here("notes.txt")).toBe("then");
    await dropboxIs(THEN);
    await linked.becomes("stopped");
  });

  test("it stays so when an application starts", async () => {
    await linked.startApplication();
    await linked.becomes("up to date");
    expect(await linked.inDropbox()).toEqual(THEN);
    expect(here("notes.txt")).toBe("then");
  });

  test("restoring the safety snapshot is the way back, also of what only Dropbox had", async () => {
    expect(safety).toMatchObject({ cause: "restore", note: "before the experiment" });
    await restore(safety.id);
    await dropboxIs(before);
    expect(here("from laptop.txt")).toBe("only in Dropbox");
    await linked.becomes("stopped");
  });

  test("deletions that no restore asked for are still held, those of before as well", async () => {
    await linked.startApplication();
    await linked.becomes("up to date");
    rmSync(join(linked.root, "results"), { recursive: true });
    await linked.becomes("needs attention");
    expect((await linked.instance()).sync.held).toBeGreaterThan(0);
    expect(Object.keys(await linked.inDropbox())).toHaveLength(Object.keys(before).length);
    await linked.own.call("POST", `/api/instances/${linked.id}/sync`, { command: "bring back held" });
    await linked.becomes("up to date");
  });

  test("chosen paths alone can be restored", async () => {
    await restore(then.id, { paths: ["data"] });
    await dropboxIs({ ...before, data: null, "data/a.csv": "1" });
    await linked.becomes("stopped");
  });
});

describe("the routes", () => {
  test("a snapshot is compared, looked into, and deleted; what is not there is said to be not there", async () => {
    await linked.startApplication();
    put("for routes/file.txt", "x");
    const { id } = await take("routes");
    put("for routes/other.txt", "y");
    const found = await json<Comparison>(linked.own.call("GET", `${snapshotsAt()}/${id}/compare`));
    expect(found).toMatchObject({
      added: { count: 1, paths: ["for routes/other.txt"] },
      changed: { count: 0 },
      deleted: { count: 0 },
    });
    put("for routes/file.txt", "longer");
    const preview = await json<Comparison>(
      linked.own.call("POST", `${snapshotsAt()}/${id}/restore/preview`, { paths: ["for routes/file.txt"] }),
    );
    expect(preview).toEqual({
      added: { count: 0, paths: [] },
      changed: { count: 1, paths: ["for routes/file.txt"] },
      deleted: { count: 0, paths: [] },
    });
    const listing = await json<{ entries: unknown[] }>(
      linked.own.call("GET", `${snapshotsAt()}/${id}/files?path=for%20routes`),
    );
    expect(listing.entries).toMatchObject([{ name: "file.txt", kind: "file", size: 1 }]);
    await json(linked.own.call("POST", `${snapshotsAt()}/${id}/delete`, {}));
    for (const [method, path] of [
      ["GET", "files"],
      ["GET", "compare"],
      ["POST", "restore"],
      ["POST", "restore/preview"],
      ["POST", "delete"],
    ] as const) {
      const answer = await linked.own.call(
        method,
        `${snapshotsAt()}/${id}/${path}`,
        method === "POST" ? { paths: ["a"] } : undefined,
      );
      expect([path, answer.status]).toEqual([path, 404]);
    }
    // For want of a snapshot nothing is stopped.
    expect((await linked.instance()).applications).toHaveLength(1);
  });

  test("another's instance has none, whoever asks", async () => {
    expect((await linked.own.call("GET", "/api/instances/elsewhere/snapshots")).status).toBe(404);
  });

  test("while a snapshot is restored nobody starts or writes anything there", async () => {
    const { id } = await take("busy");
    const restoring = restore(id);
    await vi.waitFor(
      async () =>
        expect(await json(linked.own.call("GET", snapshotsAt()))).toMatchObject({ restoring: expect.any(String) }),
      { ...PATIENCE, interval: 5 },
    );
    const wrote = await linked.own.call("PUT", `/api/instances/${linked.id}/file?area=workspace&path=late.txt`, "late");
    expect(wrote.status).toBe(409);
    expect((await linked.own.call("POST", `${snapshotsAt()}/${id}/restore`, {})).status).toBe(409);
    await restoring;
  });
});

describe("automatic snapshots", () => {
  const schedule = (body: object) => linked.own.call("POST", `${snapshotsAt()}/schedule`, body);
  const automatic = async () =>
    (await json<{ snapshots: Snapshot[] }>(linked.own.call("GET", snapshotsAt()))).snapshots.filter(
      ({ cause }) => cause === "schedule",
    );
  const keep = { hourly: 1, daily: 0, weekly: 0 };

  test("one is taken at once where something has changed, and those that are not kept go, but no named one", async () => {
    put("results.csv", "first");
    const named = await take("a named one");
    await json(schedule({ every: "hourly", keep }));
    expect(await automatic()).toEqual([]);
    put("results.csv", "second");
    await json(schedule({ every: "hourly", keep }));
    const [first] = await automatic();
    expect(first).toMatchObject({ cause: "schedule", note: "" });
    // The same hour: of several, its last is kept.
    put("results.csv", "third");
    await json(schedule({ every: "hourly", keep }));
    const later = await automatic();
    expect(later).toHaveLength(1);
    expect(later[0]?.id).not.toBe(first?.id);
    await json(schedule({ every: "off", keep }));
    put("results.csv", "fourth");
    await linked.own.restart();
    const { snapshots, ...list } = await json<{ snapshots: Snapshot[] }>(linked.own.call("GET", snapshotsAt()));
    expect(list).toMatchObject({ schedule: { every: "off", keep, problem: null } });
    expect(snapshots.map(({ id }) => id)).toContain(named.id);
    expect(await automatic()).toHaveLength(1);
  });

  test("nothing can't be what is kept", async () => {
    expect((await schedule({ every: "hourly", keep: { hourly: 0, daily: 0, weekly: 0 } })).status).toBe(400);
    expect((await schedule({ every: "yearly", keep })).status).toBe(400);
  });
});

describe("who may what", () => {
  test("a viewer looks, and changes nothing; a snapshot goes only into an instance that its restorer may change", async () => {
    const ids = await unitIds(linked.own);
    const [master = "", distributed = ""] = ["First Space/Master", "First Space/Distributed"].map((name) =>
      ids.get(name),
    );
    const viewer = await invite(linked.own, "instance", master, "viewer@example.org", "instance viewer");
    const editor = await invite(linked.own, "instance", master, "editor@example.org", "instance editor");
    put("shared.txt", "as of now");
    const { id } = await take("theirs to see");
    expect((await viewer.call("GET", snapshotsAt())).status).toBe(200);
    expect((await viewer.call("GET", `${snapshotsAt()}/${id}/compare`)).status).toBe(200);
    for (const [path, body] of [
      ["", { note: "" }],
      ["/schedule", { every: "hourly", keep: { hourly: 1, daily: 0, weekly: 0 } }],
      [`/${id}/restore`, {}],
      [`/${id}/delete`, {}],
    ] as const) {
      expect([path, (await viewer.call("POST", `${snapshotsAt()}${path}`, body)).status]).toEqual([path, 403]);
    }
    const into = (person: Pick<typeof editor, "call">, target: string) =>
      person.call("POST", `${snapshotsAt()}/${id}/restore`, { into: target });
    expect((await into(editor, distributed)).status).toBe(404);
    await invite(linked.own, "instance", distributed, editor.email, "instance viewer");
    expect((await into(editor, distributed)).status).toBe(403);
    expect((await into(editor, "made up")).status).toBe(404);
    const there = join(linked.own.folder, "files", distributed);
    mkdirSync(there, { recursive: true });
    writeFileSync(join(there, "own.txt"), "of Distributed");
    const { safety } = await json<{ safety: Snapshot }>(into(linked.own, distributed));
    expect(readFileSync(join(there, "shared.txt"), "utf8")).toBe("as of now");
    expect(existsSync(join(there, "own.txt"))).toBe(false);
    const at = `/api/instances/${distributed}/snapshots`;
    const { snapshots } = await json<{ snapshots: Snapshot[] }>(linked.own.call("GET", at));
    expect(snapshots.map(({ note, cause }) => [note, cause])).toEqual([
      ["theirs to see (Analytical Engines › First Space › Master)", "restore"],
      ["theirs to see (Analytical Engines › First Space › Master)", "person"],
    ]);
    await json(linked.own.call("POST", `${at}/${safety.id}/restore`, {}));
    expect(readFileSync(join(there, "own.txt"), "utf8")).toBe("of Distributed");
    expect(existsSync(join(there, "shared.txt"))).toBe(false);
  });

  test("an instance's snapshots go with it, and a restart makes nothing of it anew", async () => {
    const ids = await unitIds(linked.own);
    const distributed = ids.get("First Space/Distributed") ?? "";
    const folder = join(linked.own.folder, "files/.snapshots", distributed);
    expect(existsSync(folder)).toBe(true);
    await json(linked.own.call("POST", `/api/administration/instance/${distributed}/delete`, { alsoInDropbox: false }));
    expect(existsSync(folder)).toBe(false);
    await linked.own.restart();
    expect([existsSync(folder), existsSync(join(linked.own.folder, "files", distributed))]).toEqual([false, false]);
  });
});

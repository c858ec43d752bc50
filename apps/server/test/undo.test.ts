import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ActivityPage, Undo } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { eachStepStandsOnTheLast } from "../../../test/pages/each-step.ts";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

vi.setConfig({ testTimeout: 120_000 });
eachStepStandsOnTheLast();

/** As many as a deletion may have without a question. */
const MANY = 90;

let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
  for (const folder of ["data", "kept"]) mkdirSync(join(linked.root, folder), { recursive: true });
  for (let n = 0; n < MANY; n++) writeFileSync(join(linked.root, `data/${n}.txt`), `content ${n}`);
  for (const name of ["a", "b"]) writeFileSync(join(linked.root, `kept/${name}.txt`), name);
  await linked.startApplication();
  await linked.becomes("up to date");
  await vi.waitFor(
    async () => expect(Object.keys(await linked.inDropbox())).toHaveLength(MANY + "data kept a b".split(" ").length),
    PATIENCE,
  );
}, 120_000);
afterAll(() => linked.dispose());

const instance = () => `/api/instances/${linked.id}`;
/** The deletion of a path, once sync has carried it out. */
const deletionOf = (path: string) =>
  vi.waitFor(async () => {
    const { entries } = await json<ActivityPage>(linked.own.call("GET", `${instance()}/activity`));
    const found = entries.find((one) => one.action === "delete" && one.path === path && one.undo === "possible");
    if (found === undefined) throw new Error(`no deletion of ${path} among ${entries.map((one) => one.path)}`);
    return found;
  }, PATIENCE);
const begin = (entryId: string) => linked.own.call("POST", `${instance()}/activity/${entryId}/undo`);
const undos = async () => (await json<{ undos: Undo[] }>(linked.own.call("GET", `${instance()}/undos`))).undos;
const until = (id: string, wanted: (undo: Undo) => boolean) =>
  vi.waitFor(async () => {
    const found = (await undos()).find((one) => one.id === id);
    if (found === undefined || !wanted(found)) throw new Error(`still ${JSON.stringify(found)}`);
    return found;
  }, PATIENCE);
const back = ({ inPlace, asBefore, beside }: Undo) => inPlace + asBefore + beside.count;
const slowly = (latencyMs: number) => linked.control("conditions", { latencyMs });

test("an undo of many files is answered at once, says how far it is, and goes on after the server's end", async () => {
  rmSync(join(linked.root, "data"), { recursive: true });
  const deletion = await deletionOf("data");
  // Two requests for each file, sixteen files at a time: ten seconds and more.
  await slowly(1_000);
  const answer = await begin(deletion.id);
  expect(answer.status).toBe(202);
  const { id } = await json<{ id: string }>(answer);
  const early = await until(id, (one) => back(one) > 0);
  expect(early).toMatchObject({ state: "running", path: "data", total: MANY, entryId: deletion.id });
  expect(back(early)).toBeLessThan(MANY);

  // Neither itself, nor what is part of it, nor a restore into the midst of it.
  expect(await json(begin(deletion.id))).toMatchObject({ error: { code: "undoing" } });
  const { entries } = await json<ActivityPage>(linked.own.call("GET", `${instance()}/activity`));
  const inside = entries.find((one) => one.path.startsWith("data/") && one.undo === "possible");
  expect(await json(begin(inside?.id ?? ""))).toMatchObject({ error: { code: "undoing" } });
  const snapshot = await json<{ id: string }>(linked.own.call("POST", `${instance()}/snapshots`, {}));
  const restore = linked.own.call("POST", `${instance()}/snapshots/${snapshot.id}/restore`, {});
  expect(await json(restore)).toMatchObject({ error: { code: "undoing" } });

  const before = back((await undos())[0] as Undo);
  expect((await undos())[0]?.state).toBe("running");
  await linked.own.restart();
  await slowly(0);
  const ended = await until(id, ({ state }) => state !== "running");
  expect(ended).toMatchObject({
    state: "done",
    total: MANY,
    missed: { count: 0 },
    beside: { count: 0 },
    message: null,
  });
  expect(back(ended)).toBe(MANY);
  expect(before).toBeLessThan(MANY);
  const names = readdirSync(join(linked.root, "data"));
  expect(names).toHaveLength(MANY);
  for (const name of names)
    expect(readFileSync(join(linked.root, "data", name), "utf8")).toBe(`content ${Number.parseInt(name, 10)}`);
  expect(await json(begin(deletion.id))).toMatchObject({ error: { code: "undone" } });
});

test("what has become of it stays to be read until its user puts it away", async () => {
  const [first] = await undos();
  expect(first?.state).toBe("done");
  await linked.own.call("POST", `${instance()}/undos/${first?.id}/put-away`);
  expect(await undos()).toEqual([]);
});

test("each file that could not be brought back is named with the reason, and a second undo goes on with it", async () => {
  await linked.becomes("up to date");
  rmSync(join(linked.root, "kept"), { recursive: true });
  const deletion = await deletionOf("kept");
  // Something else has its folder's name by now.
  writeFileSync(join(linked.root, "kept"), "a file");
  const { id } = await json<{ id: string }>(begin(deletion.id));
  const missed = await until(id, ({ state }) => state === "done");
  expect(missed.missed.files.map(({ path }) => path).sort()).toEqual(["kept", "kept/a.txt", "kept/b.txt"]);
  for (const { why } of missed.missed.files) expect(why).toContain('"kept" is');
  rmSync(join(linked.root, "kept"));
  const again = await json<{ id: string }>(begin(deletion.id));
  expect(await until(again.id, ({ state }) => state === "done")).toMatchObject({ inPlace: 2, missed: { count: 0 } });
  // In place of the first, which says nothing any more.
  expect((await undos()).map((one) => one.id)).toEqual([again.id]);
});

test("an undo that is cut short says why, and goes on when it is chosen again", async () => {
  await linked.becomes("up to date");
  rmSync(join(linked.root, "data"), { recursive: true });
  const deletion = await deletionOf("data");
  await slowly(1_000);
  const { id } = await json<{ id: string }>(begin(deletion.id));
  await until(id, (one) => back(one) > 0);
  await linked.control("faults", { route: "files/*", rate: 1, cut: "before" });
  const failed = await until(id, ({ state }) => state !== "running");
  expect(failed).toMatchObject({ state: "failed", missed: { count: 0 } });
  expect(failed.message).toContain("reached");
  expect(back(failed)).toBeLessThan(MANY);
  await linked.control("faults", undefined, "DELETE");
  await slowly(0);
  const again = await json<{ id: string }>(begin((await deletionOf("data")).id));
  const rest = await until(again.id, ({ state }) => state === "done");
  expect(rest.total).toBe(MANY - back(failed));
  expect(back(rest)).toBe(rest.total);
  expect(readdirSync(join(linked.root, "data"))).toHaveLength(MANY);
  expect(await json(begin(deletion.id))).toMatchObject({ error: { code: "undone" } });
});

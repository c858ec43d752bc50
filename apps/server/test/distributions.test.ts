import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type {
  ActivityPage,
  Distribution,
  DistributionNotice,
  InvitationLink,
  Role,
  Snapshot,
  Strategy,
} from "@twinfold/api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { eachStepStandsOnTheLast } from "../../../test/pages/each-step.ts";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json, type Person, tokenOf, unitIds } from "./people.ts";

let linked: LinkedServer;
let source: string;
/** Where her application runs. */
let target: string;
let editor: Person;
let viewer: Person;
let stranger: Person;

beforeAll(async () => {
  linked = await startLinkedServer();
  target = linked.id;
  const units = await unitIds(linked.own);
  source = units.get("First Space/Distributed") ?? "";
  // Both see the source; one may look at the target, one may change it, one knows nothing of either.
  viewer = await invite(linked.own, "instance", source, "viewer@example.org", "instance viewer");
  await inviteAlso(viewer, target, "instance viewer");
  editor = await invite(linked.own, "instance", target, "editor@example.org", "instance editor");
  const space = `/api/administration/organization/${units.get("Analytical Engines")}/spaces`;
  await linked.own.call("POST", space, { name: "Their Space" });
  const theirs = (await unitIds(linked.own)).get("Their Space/Master") ?? "";
  stranger = await invite(linked.own, "instance", theirs, "stranger@example.org", "instance editor");
}, 120_000);
afterAll(() => linked.dispose());

/** Who is in another instance already. */
async function inviteAlso(person: Person, instance: string, role: Role): Promise<void> {
  const path = `/api/administration/instance/${instance}/invitations`;
  const link = await json<InvitationLink>(linked.own.call("POST", path, { email: person.email, role }));
  const [name = ""] = person.email.split("@");
  const accepted = { token: tokenOf(link), password: `password of ${name}` };
  expect((await person.call("POST", "/api/invitation/accept", accepted)).status).toBe(200);
}
const root = (instance: string) => join(linked.own.folder, "files", instance);
function put(instance: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root(instance), path)), { recursive: true });
    writeFileSync(join(root(instance), path), content);
  }
}
const here = (path: string) => readFileSync(join(root(target), path), "utf8");
const at = (instance: string) => `/api/instances/${instance}/distributions`;
const list = async (person: Pick<Person, "call">, from = source) =>
  (await json<{ distributions: Distribution[] }>(person.call("GET", at(from)))).distributions;

/** From the source to the target. @returns what became of it */
async function distribute(paths: readonly string[], strategy: Strategy, more = {}): Promise<Distribution> {
  const answer = await linked.own.call("POST", at(source), { paths, strategy, targets: [target], ...more });
  expect(answer.status).toBe(200);
  const { id } = await json<{ id: string }>(answer);
  return ended(id);
}
const ended = (id: string) =>
  vi.waitFor(async () => {
    const found = (await list(linked.own)).find((one) => one.id === id);
    if (found === undefined || found.targets.some(({ state }) => state === "waiting" || state === "working"))
      throw new Error(`still under way: ${JSON.stringify(found)}`);
    return found;
  }, PATIENCE);
const undo = (id: string, person: Pick<Person, "call"> = linked.own) =>
  person.call("POST", `${at(source)}/${id}/undo`, { targetId: target });
async function activityFrom(instance: string, before = ""): Promise<ActivityPage["entries"]> {
  const address = `/api/instances/${instance}/activity${before}`;
  const { entries, more } = await json<ActivityPage>(linked.own.call("GET", address));
  return more ? [...entries, ...(await activityFrom(instance, `?before=${entries.at(-1)?.id}`))] : entries;
}
/** What a target's activity says of a path on the pages, the newest first. */
async function activityOf(path: string, instance = target): Promise<string[]> {
  const own = (await activityFrom(instance)).filter((entry) => entry.side === "platform" && entry.path === path);
  return own.map(({ action, who, reason }) => `${action} by ${who}: ${reason}`);
}
const activityIs = (path: string, wanted: readonly string[], instance = target) =>
  vi.waitFor(async () => expect(await activityOf(path, instance)).toEqual(wanted), PATIENCE);
const GIVEN = "distribute by Ada Lovelace: from First Space › Distributed";
const TAKEN_BACK = "restore by Ada Lovelace: the distribution from First Space › Distributed was undone";
const dropboxIs = (wanted: Record<string, string | null>) =>
  vi.waitFor(async () => expect(await linked.inDropbox()).toEqual(wanted), PATIENCE);

describe("a target's linked Dropbox follows while its application runs", { timeout: 180_000 }, () => {
  eachStepStandsOnTheLast();
  const MANY = Object.fromEntries([...Array(150).keys()].map((n) => [`results/${n}.txt`, `result ${n}`]));
  let mirrored: Distribution;

  beforeAll(async () => {
    put(source, { "hw/task.md": "the task", "hw/data/a.csv": "1,2" });
    put(target, { "hw/task.md": "old", ...MANY });
    await linked.startApplication();
    await linked.becomes("up to date");
  });

  test("files come and are replaced, and nothing is stopped for it", async () => {
    const done = await distribute(["hw"], "overwrite");
    expect(done.targets).toMatchObject([
      { state: "done", where: "Analytical Engines › First Space › Master", undoable: true },
    ]);
    expect(done.targets[0]?.outcome).toMatchObject({
      copied: { count: 1, paths: ["hw/data/a.csv"] },
      replaced: { count: 1, paths: ["hw/task.md"] },
      removed: { count: 0 },
    });
    await vi.waitFor(
      async () => expect(await linked.inDropbox()).toMatchObject({ "hw/task.md": "the task", "hw/data/a.csv": "1,2" }),
      PATIENCE,
    );
    expect((await linked.instance()).applications).toHaveLength(1);
    const { snapshots } = await json<{ snapshots: Snapshot[] }>(
      linked.own.call("GET", `/api/instances/${target}/snapshots`),
    );
    expect(snapshots).toMatchObject([{ cause: "distribution", note: "First Space › Distributed" }]);
  });

  test("what a mirror removes goes from Dropbox without a question, however much it is", async () => {
    await linked.becomes("up to date");
    mirrored = await distribute(["hw"], "mirror");
    expect(mirrored.targets[0]?.outcome).toMatchObject({ removed: { count: 150 }, same: 2 });
    await dropboxIs({ hw: null, "hw/task.md": "the task", "hw/data": null, "hw/data/a.csv": "1,2" });
    await linked.becomes("up to date");
  });

  test("it is undone in one step, in Dropbox too; what somebody has changed since stays", async () => {
    put(target, { "results/7.txt": "done anew", "since.txt": "since" });
    const answer = await json<{ left: { paths: string[] }; safety: Snapshot }>(undo(mirrored.id));
    expect(answer.left.paths).toEqual(["results/7.txt"]);
    const hw = { hw: null, "hw/task.md": "the task", "hw/data": null, "hw/data/a.csv": "1,2" };
    await dropboxIs({ ...hw, ...MANY, results: null, "results/7.txt": "done anew", "since.txt": "since" });
    expect((await list(linked.own))[0]?.targets).toMatchObject([{ state: "undone", undoable: false }]);
    expect((await undo(mirrored.id)).status).toBe(409);
    await activityIs("hw", [
      `${TAKEN_BACK}, but for 1 path changed since`,
      `${GIVEN} (Mirror), 150 removed`,
      `${GIVEN} (Overwrite), 1 copied, 1 replaced`,
    ]);
    expect(await activityOf("")).toEqual([]);
  });

  test("where all is just so already, Activity says nothing", async () => {
    await distribute(["hw/task.md"], "overwrite");
    put(source, { "hw/also.md": "also" });
    await distribute(["hw/also.md"], "extra");
    await activityIs("hw/also.md", [`${GIVEN} (Distribute extra), 1 copied`]);
    expect(await activityOf("hw/task.md")).toEqual([]);
  });
});

describe("who may", () => {
  test("a viewer of a target, and who is not in it, are refused, and nothing is copied anywhere", async () => {
    put(source, { "for roles.txt": "x" });
    const ask = (person: Pick<Person, "call">, from: string, to: readonly string[]) =>
      person.call("POST", at(from), { paths: ["for roles.txt"], targets: to });
    const theirs = (await unitIds(linked.own)).get("Their Space/Master") ?? "";
    const asked: [Pick<Person, "call">, string, readonly string[], number][] = [
      [viewer, source, [target], 403],
      [viewer, source, [source], 403],
      [viewer, source, [theirs], 404],
      [editor, source, [target], 404],
      [stranger, source, [theirs], 404],
      [linked.own, source, [theirs, "made up"], 404],
      [linked.own, source, [source], 400],
      [linked.own, "made up", [target], 404],
    ];
    for (const [who, from, to, status] of asked) expect((await ask(who, from, to)).status).toBe(status);
    expect((await stranger.call("GET", at(source))).status).toBe(404);
    expect(existsSync(join(root(target), "for roles.txt"))).toBe(false);
    expect(existsSync(join(root(theirs), "for roles.txt"))).toBe(false);
  });

  test("a viewer of the source distributes to where she is an editor; nobody else sees or undoes it", async () => {
    const units = await unitIds(linked.own);
    const theirs = units.get("Their Space/Master") ?? "";
    await inviteAlso(viewer, theirs, "instance editor");
    const { id } = await json<{ id: string }>(
      viewer.call("POST", at(source), { paths: ["for roles.txt"], targets: [theirs] }),
    );
    await vi.waitFor(async () => expect((await list(viewer))[0]?.targets).toMatchObject([{ state: "done" }]), PATIENCE);
    expect(readFileSync(join(root(theirs), "for roles.txt"), "utf8")).toBe("x");
    expect((await list(linked.own)).map((one) => one.id)).not.toContain(id);
    const undone = linked.own.call("POST", `${at(source)}/${id}/undo`, { targetId: theirs });
    expect((await undone).status).toBe(404);
  });

  test("no path leads out of the source, and what is not there is said to be not there", async () => {
    symlinkSync(linked.own.folder, join(root(source), "way-out"));
    const ask = async (path: string) =>
      (await linked.own.call("POST", at(source), { paths: [path], targets: [target] })).status;
    expect([await ask("../secret.key"), await ask("/etc/passwd"), await ask("a//b")]).toEqual([400, 400, 400]);
    expect([await ask("way-out/secret.key"), await ask("not there")]).toEqual([404, 404]);
    expect(await ask("way-out")).toBe(409);
  });
});

test("a path of a snapshot is distributed as it was then, also to its own instance", async () => {
  put(source, { "paper.tex": "then", "other.tex": "then" });
  const { id } = await json<Snapshot>(linked.own.call("POST", `/api/instances/${source}/snapshots`, { note: "" }));
  put(source, { "paper.tex": "now", "other.tex": "now" });
  const done = await distribute(["paper.tex"], "overwrite", { snapshotId: id, targets: [source, target] });
  expect(done.targets.map(({ state }) => state)).toEqual(["done", "done"]);
  expect(here("paper.tex")).toBe("then");
  expect(readFileSync(join(root(source), "paper.tex"), "utf8")).toBe("then");
  expect(readFileSync(join(root(source), "other.tex"), "utf8")).toBe("now");
}, 60_000);

test("the target's members are told if that is wanted, until each puts it away", async () => {
  const notices = async (person: Pick<Person, "call">) =>
    (await json<{ notices: DistributionNotice[] }>(person.call("GET", "/api/distribution-notices"))).notices;
  put(source, { "news.txt": "1" });
  await distribute(["news.txt"], "overwrite");
  expect(await notices(editor)).toEqual([]);
  put(source, { "news.txt": "2" });
  const { id } = await distribute(["news.txt"], "overwrite", { notify: true });
  await vi.waitFor(
    async () =>
      expect(await notices(editor)).toMatchObject([
        { distributionId: id, instanceId: target, by: expect.any(String), paths: ["news.txt"] },
      ]),
    PATIENCE,
  );
  expect([await notices(linked.own), await notices(stranger)]).toEqual([[], []]);
  await editor.call("POST", `${at(target)}/${id}/put-away`);
  expect(await notices(editor)).toEqual([]);
}, 60_000);

test("what the server's end has cut short is done when it is there again", async () => {
  const many = Object.fromEntries([...Array(400).keys()].map((n) => [`big/${n}.txt`, `new ${n}`]));
  put(source, many);
  put(target, { "big/1.txt": "old" });
  const body = { paths: ["big"], targets: [target], strategy: "overwrite" };
  const { id } = await json<{ id: string }>(linked.own.call("POST", at(source), body));
  await linked.own.restart();
  const { targets } = await ended(id);
  expect(targets).toMatchObject([{ state: "done", outcome: { copied: { count: 399 }, replaced: { count: 1 } } }]);
  for (const [path, content] of Object.entries(many)) expect(here(path)).toBe(content);
  await vi.waitFor(() => expect(readdirSync(join(linked.own.folder, "files/.distributions"))).toEqual([]), PATIENCE);
  await activityIs("big", [`${GIVEN} (Overwrite), 399 copied, 1 replaced`]);
}, 120_000);

test("without a target it is undone in all of them: one that can't be is told, and keeps none of the others from it", async () => {
  const space = (await unitIds(linked.own)).get("First Space") ?? "";
  for (const name of ["Group A", "Group B", "Group C"])
    await linked.own.call("POST", `/api/administration/space/${space}/instances`, { name });
  const units = await unitIds(linked.own);
  const groups = ["A", "B", "C"].map((name) => units.get(`First Space/Group ${name}`) ?? "");
  const [a = "", b = "", c = ""] = groups;
  put(source, { "exam.md": "the exam", "late.md": "x" });
  for (const group of groups) put(group, { "exam.md": `draft of ${group}` });
  const { id } = await distribute(["exam.md", "late.md"], "overwrite", { targets: groups });
  put(c, { "late.md": "written to since" });
  // Its files are gone, and something else is there.
  rmSync(root(b), { recursive: true });
  writeFileSync(root(b), "no folder");
  const undoAll = (person: Pick<Person, "call"> = linked.own) => person.call("POST", `${at(source)}/${id}/undo`, {});
  expect([(await undoAll(viewer)).status, (await undoAll(stranger)).status]).toEqual([404, 404]);

  type Undone = {
    targets: { instanceId: string; undone: { left: { paths: string[] } } | null; problem: string | null }[];
  };
  const { targets } = await json<Undone>(undoAll());
  const outcomes = new Map(targets.map(({ instanceId, ...one }) => [instanceId, one]));
  expect([...outcomes.keys()].sort()).toEqual([...groups].sort());
  expect(outcomes.get(a)).toMatchObject({ undone: { left: { paths: [] } }, problem: null });
  expect(outcomes.get(b)).toMatchObject({ undone: null, problem: expect.any(String) });
  expect(outcomes.get(c)).toMatchObject({ undone: { left: { paths: ["late.md"] } }, problem: null });
  const content = (group: string, path: string) => readFileSync(join(root(group), path), "utf8");
  expect([content(a, "exam.md"), content(c, "exam.md")]).toEqual([`draft of ${a}`, `draft of ${c}`]);
  expect([existsSync(join(root(a), "late.md")), content(c, "late.md")]).toEqual([false, "written to since"]);
  const states = async () =>
    (await list(linked.own))
      .find((one) => one.id === id)
      ?.targets.map(({ where, state }) => `${where?.slice(-1)} ${state}`);
  expect(await states()).toEqual(["A undone", "B done", "C undone"]);
  const given = `${GIVEN} (Overwrite), 1 copied, 1 replaced in all`;
  await activityIs("late.md", [`${TAKEN_BACK}, but for 1 path changed since`, given], c);
  await activityIs("exam.md", [TAKEN_BACK, given], a);
  await activityIs("exam.md", [given], b);

  // Once it can be, it is in the one that is left; those that were undone are left as they are.
  rmSync(root(b));
  put(a, { "exam.md": "since the undo" });
  put(b, { "exam.md": "the exam" });
  const second = await json<Undone>(undoAll());
  expect(second.targets).toMatchObject([{ instanceId: b, problem: null }]);
  expect([content(a, "exam.md"), content(b, "exam.md")]).toEqual(["since the undo", `draft of ${b}`]);
  expect((await undoAll()).status).toBe(409);
}, 120_000);

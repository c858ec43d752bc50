import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Snapshot } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { invite, json } from "./people.ts";

let world: LinkedServer;
beforeAll(async () => {
  world = await startLinkedServer();
}, 120_000);
afterAll(() => world.dispose());

test("whoever is removed while Dropbox is heard out restores nothing, and stops nobody's application", async () => {
  const { own, id, root } = world;
  const restoring = async () =>
    (await json<{ restoring: string | null }>(own.call("GET", `/api/instances/${id}/snapshots`))).restoring;
  await world.startApplication();
  await world.becomes("up to date");
  writeFileSync(join(root, "a.txt"), "then");
  const then = await json<Snapshot>(own.call("POST", `/api/instances/${id}/snapshots`, { note: "then" }));
  writeFileSync(join(root, "a.txt"), "the work of a week");
  await vi.waitFor(async () => expect(await world.inDropbox()).toEqual({ "a.txt": "the work of a week" }), PATIENCE);
  const person = await invite(own, "instance", id, "grace@example.org", "instance editor");

  await world.control("conditions", { latencyMs: 3_000 });
  writeFileSync(join(root, "b.txt"), "something to be heard out");
  const asked = person.call("POST", `/api/instances/${id}/snapshots/${then.id}/restore`, {});
  await vi.waitFor(async () => expect(await restoring()).toMatch(/^Bringing in/), PATIENCE);
  const member = { userId: person.id };
  expect((await own.call("POST", `/api/administration/instance/${id}/members/remove`, member)).status).toBe(200);
  const answer = await asked;
  await world.control("conditions", { latencyMs: 0 });

  expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("Nothing was changed")]);
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("the work of a week");
  expect((await world.instance()).applications).toHaveLength(1);
  expect(await restoring()).toBe(null);
  expect(readdirSync(join(own.folder, "files/.snapshots", id))).not.toContain("restore");
}, 120_000);

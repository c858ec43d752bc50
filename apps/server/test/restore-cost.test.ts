import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Snapshot } from "@twinfold/api";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Asked, type LinkedServer, PATIENCE, startLinkedServer } from "./linked-server.ts";
import { json } from "./people.ts";

const MIB = 1024 ** 2;
/** What requests and answers take beside contents. */
const WORDS = 50_000;

let linked: LinkedServer;
beforeAll(async () => {
  linked = await startLinkedServer();
}, 60_000);
afterAll(() => linked.dispose());

const place = (path: string) => join(linked.root, path);
function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(place(path)), { recursive: true });
  writeFileSync(place(path), content);
}

/** What was asked since, of the routes whose names match. */
function since(before: Record<string, Asked>, after: Record<string, Asked>, name: RegExp): Asked {
  const sum = (key: keyof Asked) =>
    Object.keys(after)
      .filter((route) => name.test(route))
      .reduce((all, route) => all + (after[route]?.[key] ?? 0) - (before[route]?.[key] ?? 0), 0);
  return { requests: sum("requests"), bytesIn: sum("bytesIn"), bytesOut: sum("bytesOut") };
}
const UPLOADS = /^files\/upload/;
const DOWNLOADS = /^files\/download/;
const MOVES = /^files\/move/;
const COPIES = /^files\/copy/;

test("Dropbox follows a restore by moves, copies and uploads of what differs only", async () => {
  const big = randomBytes(4 * MIB);
  const twin = randomBytes(2 * MIB);
  put("moved/big.bin", big);
  put("same.bin", randomBytes(4 * MIB));
  put("twin.bin", twin);
  put("folder/twin.bin", twin);
  put("edited.bin", Buffer.alloc(MIB, "then"));
  for (let n = 0; n < 60; n++) put(`many/${n}.txt`, `file ${n} `.repeat(5_000));
  await linked.startApplication();
  await linked.becomes("up to date");
  await vi.waitFor(async () => expect(Object.keys(await linked.inDropbox())).toHaveLength(68), PATIENCE);
  const { id } = await json<Snapshot>(
    linked.own.call("POST", `/api/instances/${linked.id}/snapshots`, { note: "then" }),
  );
  const then = await linked.inDropbox();

  renameSync(place("moved/big.bin"), place("elsewhere.bin"));
  renameSync(place("many"), place("many by another name"));
  rmSync(place("folder"), { recursive: true });
  put("edited.bin", Buffer.alloc(MIB, "now"));
  for (let n = 0; n < 150; n++) put(`since/${n}.txt`, `since ${n}`);
  await vi.waitFor(async () => expect(Object.keys(await linked.inDropbox())).toHaveLength(217), PATIENCE);
  await linked.becomes("up to date");

  const before = await linked.asked();
  expect((await linked.own.call("POST", `/api/instances/${linked.id}/snapshots/${id}/restore`, {})).status).toBe(200);
  await linked.becomes("stopped");
  const after = await linked.asked();
  expect(await linked.inDropbox()).toEqual(then);
  expect(readFileSync(place("moved/big.bin")).equals(big)).toBe(true);

  // Of 13 MiB the one file whose content differs is sent, and nothing else; 61 files that were only moved cost no byte of it.
  const sent = since(before, after, UPLOADS);
  expect(sent.requests).toBe(1);
  expect(sent.bytesIn).toBeGreaterThan(MIB);
  expect(sent.bytesIn).toBeLessThan(MIB + WORDS);
  expect(since(before, after, DOWNLOADS)).toEqual({ requests: 0, bytesIn: 0, bytesOut: 0 });
  const moves = since(before, after, MOVES);
  expect([moves.requests > 0, moves.requests < 10, moves.bytesIn < WORDS]).toEqual([true, true, true]);
  const copies = since(before, after, COPIES);
  expect([copies.requests > 0, copies.requests < 5, copies.bytesIn < WORDS]).toEqual([true, true, true]);
  // A folder of 150 files goes as one.
  expect(since(before, after, /^files\/delete/).requests).toBeLessThan(5);
}, 240_000);

import { afterAll, beforeAll, expect, test } from "vitest";
import { COSTLY } from "../src/costly-work.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

/** For one address, a minute. */
const INVITATION_TRIES = 20;

let own: OwnServer;
let editor: Person;
let id: string;
beforeAll(async () => {
  own = await startOwnServer();
  id = (await unitIds(own)).get("First Space/Master") ?? "";
  editor = await invite(own, "instance", id, "editor@example.org", "instance editor");
}, 60_000);
afterAll(() => own.dispose());

/** Asks so often at once. @returns how often it was answered with each status */
async function often(times: number, ask: () => Promise<Response>): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (const answer of await Promise.all(Array.from({ length: times }, ask))) {
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
    const text = await answer.text();
    if (answer.status !== 429) continue;
    expect(JSON.parse(text)).toEqual({
      error: { code: "too-many-tries", message: expect.stringMatching(/^Too many tries: wait /) },
    });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(answer.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  }
  return counts;
}

test("who tries one invitation's link after the other, or a password with one, is slowed down", async () => {
  const anybody = (path: string, body: object) => own.call("POST", `/api/invitation${path}`, body, { cookie: "" });
  expect(await often(INVITATION_TRIES + 5, () => anybody("", { token: "made up" }))).toEqual({
    404: INVITATION_TRIES,
    429: 5,
  });
  const accepting = { token: "made up", name: "Mallory", password: "password of mallory" };
  // One has come in by an invitation already.
  expect(await often(INVITATION_TRIES + 5, () => anybody("/accept", accepting))).toEqual({
    404: INVITATION_TRIES - 1,
    429: 6,
  });
});

test("what costs the server much, one user begins so often a minute; others are not slowed down by it", async () => {
  const at = `/api/instances/${id}`;
  const { id: snapshotId } = await json<{ id: string }>(editor.call("POST", `${at}/snapshots`, {}));
  const costly: [keyof typeof COSTLY, string, string, unknown, number][] = [
    ["comparisons", "GET", `${at}/snapshots/${snapshotId}/compare`, undefined, 200],
    ["previews", "POST", `${at}/ignore/preview`, { text: "*.log\n" }, 200],
    ["zips", "GET", `${at}/zip?area=workspace&path=`, undefined, 200],
    ["distributions", "POST", `${at}/distributions`, { paths: ["not there"], targets: [id], snapshotId }, 404],
    ["links", "POST", "/api/dropbox/link", {}, 200],
    ["snapshots", "POST", `${at}/snapshots`, {}, 200],
  ];
  expect(costly.map(([work]) => work).sort()).toEqual(Object.keys(COSTLY).sort());
  for (const [work, method, path, body, status] of costly) {
    const before = work === "snapshots" ? 1 : 0;
    const answered = await often(COSTLY[work] + 3, () => editor.call(method, path, body));
    expect([work, answered]).toEqual([work, { [status]: COSTLY[work] - before, 429: 3 + before }]);
    expect([work, (await own.call(method, path, body)).status]).toEqual([work, status]);
  }
}, 120_000);

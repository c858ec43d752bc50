import { expect, test } from "vitest";
import { RateLimit } from "../src/http/rate-limit.ts";
import { type Client, clientOf, someBytes, startTestDropbox, type TestDropbox } from "./harness.ts";

/** Milliseconds that some work took. What a line must take at least is certain, what it takes at most is the machine's. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** A client of the ready-made app for another account. */
async function another({ dropbox, ready }: TestDropbox): Promise<Client & { accountId: string }> {
  const { accountId } = await dropbox.ensureAccount({ email: "ada@example.org", name: "Ada", password: "x" });
  const { accessToken } = await dropbox.grant({ account: accountId, app: ready.appKey });
  return { ...clientOf(dropbox.url, accessToken), accountId };
}

test("uploads of one account share its line, by whatever route they come", async () => {
  const { client } = await startTestDropbox({ uploadBytesPerSecond: 200_000 });
  const { session_ids } = await client.ok("files/upload_session/start_batch", { num_sessions: 1 });
  const cursor = { session_id: session_ids[0], offset: 0 };
  const time = await took(() =>
    Promise.all([
      client.put("/a", someBytes(40_000)),
      client.upload(
        "files/upload_session/append_batch",
        { entries: [{ cursor, length: 40_000, close: true }] },
        someBytes(40_000),
      ),
    ]),
  );
  expect(time).toBeGreaterThan(390);
  expect((await client.download("files/download", { path: "/a" })).bytes.equals(someBytes(40_000))).toBe(true);
});

test.each([30_000, 300_000])("a download of %i bytes takes its time, and is what was uploaded", async (size) => {
  const { client, control } = await startTestDropbox();
  await client.put("/a", someBytes(size));
  await control("POST", "conditions", { downloadBytesPerSecond: size * 2 });
  const { link } = await client.ok("files/get_temporary_link", { path: "/a" });
  for (const read of [
    async () => (await client.download("files/download", { path: "/a" })).bytes,
    async () => Buffer.from(await (await fetch(link)).arrayBuffer()),
  ]) {
    const began = performance.now();
    expect((await read()).equals(someBytes(size))).toBe(true);
    expect(performance.now() - began).toBeGreaterThan(490);
  }
});

test("each account has its own line, and may be given another", async () => {
  const dropbox = await startTestDropbox({ uploadBytesPerSecond: 40_000 });
  const other = await another(dropbox);
  await dropbox.control("POST", "bandwidth", { accountId: other.accountId, uploadBytesPerSecond: null });
  const done: string[] = [];
  await Promise.all([
    dropbox.client.put("/a", someBytes(80_000)).then(() => done.push("slow")),
    other.put("/a", someBytes(80_000)).then(() => done.push("fast")),
  ]);
  expect(done).toEqual(["fast", "slow"]);
  await dropbox.control("POST", "bandwidth", { accountId: other.accountId, uploadBytesPerSecond: 20_000 });
  expect(await took(() => other.put("/b", someBytes(10_000, 2)))).toBeGreaterThan(490);
});

test("a server whose lines are slow closes all the same", async () => {
  const { client, dropbox } = await startTestDropbox({ uploadBytesPerSecond: 1 });
  const upload = client.put("/a", someBytes(100_000)).catch(() => {});
  await (await fetch(`${dropbox.url}/login`)).text();
  await dropbox.close();
  await upload;
});

test("each authorization may make so many requests; more are refused until its window is over", async () => {
  const dropbox = await startTestDropbox({ requestsPerSecond: 1 });
  const other = await another(dropbox);
  const answers = [];
  for (let count = 0; count < 17; count++) answers.push(await dropbox.client.rpc("users/get_space_usage", null));
  expect(answers.map((answer) => answer.status)).toEqual([...Array(15).fill(200), 429, 429]);
  expect(answers[15]?.json.error).toEqual({ reason: { ".tag": "too_many_requests" } });
  const wait = Number(answers[15]?.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(15);
  expect((await other.rpc("users/get_space_usage", null)).status).toBe(200);
});

test("what was refused uses up the next window, but for one", () => {
  const limit = new RateLimit({ requestsPerSecond: 2 }, 15);
  const taken = (requests: number, now: number) => {
    let count = 0;
    for (let request = 0; request < requests; request++)
      try {
        limit.take(1, "app", now);
        count++;
      } catch {
        // Refused.
      }
    return count;
  };
  expect(taken(40, 0)).toBe(30);
  expect(taken(5, 14_999)).toBe(0);
  expect(taken(40, 15_000)).toBe(15);
  expect(taken(1000, 15_001)).toBe(0);
  expect(taken(40, 30_000)).toBe(1);
  expect(taken(40, 75_000)).toBe(30);
});

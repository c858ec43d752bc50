import { expect, test } from "vitest";
import { startTestDropbox, tagsOf } from "./harness.ts";

test("a fault hits its route as often as told, and what was not done was not done", async () => {
  const { client, control } = await startTestDropbox();
  await control("POST", "faults", { route: "files/upload", count: 2, status: 503, retryAfter: 7, body: "busy" });
  await client.put("/a", "x").catch(() => {});
  const second = await client.upload("files/upload", { path: "/a" }, "x");
  expect([second.status, second.text, second.headers.get("retry-after")]).toEqual([503, "busy", "7"]);
  expect(await client.refusal("files/get_metadata", { path: "/a" })).toBe("path/not_found");
  await client.put("/a", "x");
});

test("a connection cut before leaves nothing, one cut after leaves the file", async () => {
  const { client, control } = await startTestDropbox();
  await control("POST", "faults", { route: "files/upload", cut: "before" });
  await expect(client.put("/before", "x")).rejects.toThrow();
  expect(await client.refusal("files/get_metadata", { path: "/before" })).toBe("path/not_found");
  await control("POST", "faults", { route: "files/upload", cut: "after" });
  await expect(client.put("/after", "x")).rejects.toThrow();
  expect((await client.ok("files/get_metadata", { path: "/after" })).size).toBe(1);
});

test("a download can be cut in the middle, or have a bit turned", async () => {
  const { client, control } = await startTestDropbox();
  await client.put("/a", "x".repeat(300_000));
  await control("POST", "faults", [
    { route: "files/download", cut: "midway" },
    { route: "files/download", corrupt: true },
  ]);
  await expect(client.download("files/download", { path: "/a" })).rejects.toThrow();
  const corrupt = await client.download("files/download", { path: "/a" });
  expect([corrupt.bytes.length, corrupt.text === "x".repeat(300_000)]).toEqual([300_000, false]);
  expect((await client.download("files/download", { path: "/a" })).text).toBe("x".repeat(300_000));
});

test("faults can be skipped over, meet any route, and be cleared", async () => {
  const { client, control } = await startTestDropbox();
  await control("POST", "faults", { route: "*", skip: 1, count: 100, status: 500 });
  expect((await client.rpc("check/user", {})).status).toBe(200);
  expect((await client.rpc("check/user", {})).status).toBe(500);
  await control("DELETE", "faults");
  expect((await client.rpc("check/user", {})).status).toBe(200);
  expect(await control("GET", "faults")).toEqual({ met: { "status 500": 1 } });
});

test("writers of one account wait for each other, and are turned away when it takes too long", async () => {
  const { client, control } = await startTestDropbox({ commitMs: 1, lockWaitMs: 10_000 });
  await Promise.all(Array.from({ length: 10 }, (_, index) => client.put(`/a${index}`, `${index}`)));
  await control("POST", "conditions", { commitMs: 400, lockWaitMs: 5 });
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, index) => client.upload("files/upload", { path: `/b${index}` }, `${index}`)),
  );
  const refused = answers.filter((answer) => answer.status === 429);
  expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThan(0);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused[0]?.json.error).toEqual({ reason: { ".tag": "too_many_write_operations" } });
  expect(refused[0]?.headers.get("retry-after")).toBe("1");
});

test("session data does not take the account's lock, and a batch turned away says so of each entry", async () => {
  const { client, control } = await startTestDropbox();
  const { session_ids } = await client.ok("files/upload_session/start_batch", { num_sessions: 3 });
  await control("POST", "conditions", { commitMs: 500, lockWaitMs: 5 });
  const holder = client.put("/holder", "x");
  const entries = session_ids.map((session_id: string) => ({
    cursor: { session_id, offset: 0 },
    length: 1,
    close: true,
  }));
  expect((await client.upload("files/upload_session/append_batch", { entries }, "abc")).status).toBe(200);
  const commits = session_ids.map((session_id: string, index: number) => ({
    cursor: { session_id, offset: 1 },
    commit: { path: `/s${index}` },
  }));
  const competing = await Promise.all(
    Array.from({ length: 3 }, () => client.ok("files/upload_session/finish_batch_v2", { entries: commits })),
  );
  await holder;
  const failures = competing.flatMap((result) => result.entries).filter((entry) => entry[".tag"] === "failure");
  expect(failures).toContainEqual({ ".tag": "failure", failure: { ".tag": "too_many_write_operations" } });
});

test("latency holds up requests to the API", async () => {
  const { client, control } = await startTestDropbox();
  await control("POST", "conditions", { latencyMs: 120 });
  const before = performance.now();
  await client.rpc("check/user", {});
  expect(performance.now() - before).toBeGreaterThan(100);
});

test("conditions are told, and a malformed one is named", async () => {
  const { control } = await startTestDropbox({ commitMs: 3 });
  await control("POST", "conditions", { latencyMs: 2, requestsPerSecond: 50 });
  expect(await control("GET", "conditions")).toEqual({
    latencyMs: 2,
    commitMs: 3,
    lockWaitMs: 1000,
    uploadBytesPerSecond: null,
    downloadBytesPerSecond: null,
    requestsPerSecond: 50,
  });
  await expect(control("POST", "conditions", { latencyMs: -1 })).rejects.toThrow("latencyMs");
  await expect(startTestDropbox({ uploadBytesPerSecond: 0 })).rejects.toMatchObject({
    code: "bad-argument",
    message: expect.stringContaining("uploadBytesPerSecond can't be 0"),
  });
});

test("a profile sets all conditions, options beside it change single ones, and an unknown one is refused", async () => {
  const { control } = await startTestDropbox({ profile: "typical", latencyMs: 0 });
  const { latencyMs, commitMs, uploadBytesPerSecond, requestsPerSecond } = await control("GET", "conditions");
  expect([latencyMs, commitMs, uploadBytesPerSecond, requestsPerSecond]).toEqual([0, 300, 10 * 1024 ** 2, 12]);
  expect(await control("POST", "profile", { name: "typical" })).toMatchObject({ latencyMs: 150, commitMs: 300 });
  expect(await control("POST", "profile", { name: "none" })).toMatchObject({ latencyMs: 0, requestsPerSecond: null });
  await expect(control("POST", "profile", { name: "fast" })).rejects.toThrow("typical");
  await expect(startTestDropbox({ profile: "fast" as never })).rejects.toMatchObject({
    code: "bad-argument",
    message: "There is no profile fast: there are none and typical.",
  });
});

test("a fault can hit a share of the requests to some routes, the same ones for the same seed", async () => {
  const { client, control } = await startTestDropbox();
  const statuses = async () => {
    await control("DELETE", "faults");
    await control("POST", "faults", { route: "check/*", rate: 0.4, seed: 7, status: 500 });
    const found: number[] = [];
    for (let count = 0; count < 30; count++) found.push((await client.rpc("check/user", {})).status);
    return found;
  };
  const first = await statuses();
  const hit = first.filter((status) => status === 500).length;
  expect(hit).toBeGreaterThan(5);
  expect(hit).toBeLessThan(20);
  expect(await statuses()).toEqual(first);
  expect((await client.rpc("users/get_space_usage", null)).status).toBe(200);
});

test("a fault for a route that does not exist is refused", async () => {
  const { control } = await startTestDropbox();
  for (const route of ["files/uplaod", "file/*"])
    await expect(control("POST", "faults", { route, status: 500 })).rejects.toThrow(`There is no route ${route}`);
});

test("the clock is told and set forward, and an upload session expires by it", async () => {
  const { client, control } = await startTestDropbox({ accessTokenSeconds: 30 * 24 * 3600 });
  const { session_id } = (await client.upload("files/upload_session/start", {}, "a")).json;
  const append = (offset: number) =>
    client.upload("files/upload_session/append_v2", { cursor: { session_id, offset } }, "b");
  const week = 7 * 24 * 3600;
  expect((await control("POST", "advance-clock", { seconds: week - 60 })).aheadSeconds).toBe(week - 60);
  expect((await append(1)).status).toBe(200);
  await control("POST", "advance-clock", { seconds: 120 });
  expect(tagsOf(await append(2))).toBe("not_found");
  const { now, aheadSeconds } = await control("GET", "clock");
  expect(aheadSeconds).toBe(week + 60);
  expect(Math.abs(Date.parse(now) - Date.now() - aheadSeconds * 1000)).toBeLessThan(30_000);
});

test("stats count requests and bytes by route", async () => {
  const { client, dropbox, control } = await startTestDropbox({ stats: true });
  await client.put("/a", "x".repeat(100_000));
  await client.put("/b", "y");
  await client.download("files/download", { path: "/a" });
  const read = async () =>
    (await (await fetch(`${dropbox.url}/__control/stats`)).json()) as {
      routes: Record<string, { requests: number; bytesIn: number; bytesOut: number }>;
    };
  const { routes } = await read();
  expect(routes["files/upload"]?.requests).toBe(2);
  expect(routes["files/upload"]?.bytesIn).toBeGreaterThan(100_000);
  expect(routes["files/download"]?.bytesOut).toBeGreaterThan(100_000);
  expect(routes["files/download"]?.bytesOut).toBeLessThan(102_000);
  await control("DELETE", "stats");
  expect((await read()).routes["files/upload"]).toBeUndefined();
});

test("a link is revoked from outside, as its user would", async () => {
  const { client, control, ready } = await startTestDropbox();
  await control("POST", "revoke-link", { accountId: ready.accountId, appKey: ready.appKey });
  expect((await client.rpc("users/get_current_account", null)).json.error[".tag"]).toBe("invalid_access_token");
});

test("controls are off unless switched on, and are not for browsers or other machines", async () => {
  const { dropbox, client } = await startTestDropbox({ control: false });
  const post = (headers: Record<string, string> = {}) =>
    fetch(`${dropbox.url}/__control/faults`, { method: "POST", headers, body: '{"route":"*","status":500}' });
  expect((await post()).status).toBe(404);
  expect((await fetch(`${dropbox.url}/__control/stats`)).status).toBe(404);
  const open = await startTestDropbox();
  const foreign = await fetch(`${open.dropbox.url}/__control/faults`, {
    method: "POST",
    headers: { origin: "http://evil.example" },
    body: '{"route":"*","status":500}',
  });
  expect(foreign.status).toBe(403);
  const wrong = await fetch(`${open.dropbox.url}/__control/faults`, { method: "POST", body: '{"route":7}' });
  expect(wrong.status).toBe(400);
  expect(tagsOf(await client.rpc("files/get_metadata", { path: "/x" }))).toBe("path/not_found");
});

import { describe, expect, test } from "vitest";
import { fileMetadata, refusal, type ScriptedDropbox, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt, at, folderOf, never, refused } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const LIFE = 14_400;

/** Gives numbered tokens, and answers look-ups that carry the newest one only. */
async function withNumberedTokens(): Promise<ScriptedDropbox & { expire(): void }> {
  const dropbox = await startScriptedDropbox();
  let good = "";
  dropbox.on("oauth2/token", (_, nth) => {
    good = `sl.${nth}`;
    return { json: { access_token: good, expires_in: LIFE } };
  });
  dropbox.on("files/get_metadata", ({ headers }) =>
    headers.authorization === `Bearer ${good}`
      ? { json: fileMetadata("/A/B/C/a.txt") }
      : refusal("expired_access_token", 401),
  );
  return Object.assign(dropbox, {
    expire() {
      good = "another";
    },
  });
}

describe("the access token", () => {
  test("is fetched once by all who ask for it side by side", async () => {
    const dropbox = await withNumberedTokens();
    const folder = folderOf(accountAt(dropbox.url, { app: { appKey: "key", appSecret: "secret" } }));
    await Promise.all([1, 2, 3].map((name) => folder.lookup(at(`${name}`), never)));
    expect(dropbox.callsOf("oauth2/token").map(({ argument }) => argument)).toEqual([
      { grant_type: "refresh_token", refresh_token: "refresh", client_id: "key", client_secret: "secret" },
    ]);
  });

  test("is renewed before it ends, so that no request is refused for it", async () => {
    const clock = new TestClock("patient");
    const dropbox = await withNumberedTokens();
    const folder = folderOf(accountAt(dropbox.url, { clock }));
    await folder.lookup(at("a"), never);
    clock.advance((LIFE - 5 * 60 - 1) * 1000);
    await folder.lookup(at("a"), never);
    expect(dropbox.callsOf("oauth2/token")).toHaveLength(1);
    clock.advance(2000);
    await folder.lookup(at("a"), never);
    expect(dropbox.callsOf("oauth2/token")).toHaveLength(2);
    expect(dropbox.callsOf("files/get_metadata").map(({ headers }) => headers.authorization)).toEqual([
      "Bearer sl.0",
      "Bearer sl.0",
      "Bearer sl.1",
    ]);
  });

  test("that Dropbox calls expired is renewed once for all requests that carried it, and they are made again", async () => {
    const dropbox = await withNumberedTokens();
    const folder = folderOf(accountAt(dropbox.url));
    await folder.lookup(at("a"), never);
    dropbox.expire();
    const found = await Promise.all([1, 2, 3, 4, 5].map((name) => folder.lookup(at(`${name}`), never)));
    expect(found.every((entry) => entry?.kind === "file")).toBe(true);
    expect(dropbox.callsOf("oauth2/token")).toHaveLength(2);
  });

  test("that is called expired again although it is new is not fetched forever", async () => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("files/get_metadata", () => refusal("expired_access_token", 401));
    await refused("offline", folderOf(accountAt(dropbox.url)).lookup(at("a"), never));
    expect(dropbox.callsOf("oauth2/token")).toHaveLength(2);
  });
});

describe("the end of a link", () => {
  test("shows when the token is renewed: invalid_grant", async () => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("oauth2/token", () => ({ status: 400, json: { error: "invalid_grant" } }));
    await refused("revoked", folderOf(accountAt(dropbox.url)).lookup(at("a"), never));
    expect(dropbox.calls.map(({ route }) => route)).toEqual(["oauth2/token"]);
  });

  test.each(["invalid_access_token", "missing_scope", "user_suspended"])("shows at any request: %s", async (tag) => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("files/get_metadata", () => refusal(tag, 401));
    await refused("revoked", folderOf(accountAt(dropbox.url)).lookup(at("a"), never));
    expect(dropbox.callsOf("files/get_metadata")).toHaveLength(1);
  });

  test("is not for a gateway to tell", async () => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("files/get_metadata", () => ({ status: 401, text: "<h1>Log in to the hotel's network</h1>" }));
    const clock = new TestClock("hasty");
    await refused("offline", folderOf(accountAt(dropbox.url, { clock })).lookup(at("a"), never));
  });
});

describe("when no token is to be had for now", () => {
  test("a connection that is cut is borne as with any request", async () => {
    const dropbox = await startScriptedDropbox();
    dropbox.on("oauth2/token", (_, nth) => (nth < 2 ? "cut" : { json: { access_token: "sl.late" } }));
    dropbox.on("files/get_metadata", () => ({ json: fileMetadata("/A/B/C/a.txt") }));
    const folder = folderOf(accountAt(dropbox.url, { clock: new TestClock("hasty") }));
    expect(await folder.lookup(at("a.txt"), never)).toMatchObject({ kind: "file" });
  });

  test("the pause that Dropbox asks for is kept", async () => {
    const clock = new TestClock("hasty");
    const dropbox = await startScriptedDropbox();
    dropbox.on("oauth2/token", (_, nth) =>
      nth === 0
        ? { status: 503, headers: { "retry-after": "40" }, text: "" }
        : { json: { access_token: "sl.late", expires_in: LIFE } },
    );
    dropbox.on("files/get_metadata", () => ({ json: fileMetadata("/A/B/C/a.txt") }));
    await folderOf(accountAt(dropbox.url, { clock })).lookup(at("a.txt"), never);
    expect(clock.slept).toEqual([40_000]);
  });
});

import { expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { startTestDropbox } from "./harness.ts";

async function opened(content: string | Uint8Array) {
  const { dropbox, ready, client } = await startTestDropbox();
  await client.put("/a.txt", content);
  const browser = new Browser(dropbox.url);
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  const page = await browser.open("/files/edit?path=/Apps/Twinfold/a.txt");
  const stored = async () => (await client.download("files/download", { path: "/a.txt" })).text;
  const save = (text: string, form = page) => browser.submit(form, "/files/save", { text });
  return { page, client, stored, save };
}

// A form sends its lines with CR and LF, whatever they ended in.
test.each([
  ["one\r\ntwo\r\n", "one\r\nmore\r\ntwo\r\n"],
  ["one\ntwo\n", "one\nmore\ntwo\n"],
])("an edited text keeps its line ends: %j", async (before, after) => {
  const { save, stored } = await opened(before);
  await save("one\r\nmore\r\ntwo\r\n");
  expect(await stored()).toBe(after);
});

test.each([
  ["is not a text", new Uint8Array([0xff, 0xfe, 0, 1])],
  ["end in more than one way", "one\r\ntwo\n"],
])("what %s is not edited", async (why, content) => {
  const { page } = await opened(content);
  expect([page.status, page.text]).toEqual([409, expect.stringContaining(why)]);
});

test("what somebody else changed meanwhile is written over only when that is asked for again", async () => {
  const { client, save, stored } = await opened("one\n");
  await client.put("/a.txt", "theirs\n", { mode: "overwrite" });
  const again = await save("mine\r\n");
  expect([again.status, again.text]).toEqual([409, expect.stringContaining("Somebody else changed this file")]);
  expect(again.html).toContain(">\nmine\n</textarea>");
  expect(await stored()).toBe("theirs\n");
  await save("mine\r\n", again);
  expect(await stored()).toBe("mine\n");
});

test("what somebody else deleted meanwhile is made anew only when that is asked for", async () => {
  const { client, save, stored } = await opened("one\n");
  await client.ok("files/delete_v2", { path: "/a.txt" });
  const again = await save("mine\r\n");
  expect([again.status, again.text]).toEqual([409, expect.stringContaining("Somebody else deleted or moved")]);
  await client.put("/a.txt", "a new one\n");
  const onceMore = await save("mine\r\n", again);
  expect([onceMore.status, await stored()]).toEqual([409, "a new one\n"]);
  await save("mine\r\n", onceMore);
  expect(await stored()).toBe("mine\n");
});

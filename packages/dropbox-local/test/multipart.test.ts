import { describe, expect, test } from "vitest";
import { parts } from "../src/pages/multipart.ts";
import { Browser } from "./browser.ts";
import { someBytes, startTestDropbox } from "./harness.ts";

const TYPE = "multipart/form-data; boundary=line";

async function* piecesOf(bytes: Buffer, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** What a reader finds in a body that comes in pieces of some length. */
async function read(body: Buffer, type = TYPE, length = 7): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const part of parts(piecesOf(body, length), type)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of part.content) pieces.push(piece);
    found.push([part.name, part.fileName, Buffer.concat(pieces).toString("latin1")]);
  }
  return found;
}

const part = (head: string, content: Buffer | string) =>
  Buffer.concat([
    Buffer.from(`--line\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
    Buffer.from(content),
    Buffer.from("\r\n"),
  ]);

describe("a form with files", () => {
  test.each([1, 2, 7, 64, 100_000])("is read in pieces of %i bytes", async (length) => {
    const content = Buffer.concat([Buffer.from("\r\n--lin\r\n--\r\n"), someBytes(5000)]);
    const body = Buffer.concat([
      part('name="form_token"', "secret"),
      part('name="file"; filename="in/a %22b%22 größe.txt"\r\nContent-Type: text/plain', content),
      part('name="file"; filename=""', ""),
      Buffer.from("--line--\r\n"),
    ]);
    expect(await read(body, TYPE, length)).toEqual([
      ["form_token", null, "secret"],
      ["file", 'a "b" größe.txt', content.toString("latin1")],
      ["file", "", ""],
    ]);
  });

  test.each([
    ["another type", part('name="a"', "b"), "text/plain", "not a form with files"],
    ["an end amid a part", part('name="a"', "b"), TYPE, "ended too early"],
    ["a part without a name", part("", "b"), TYPE, "has no name"],
    ["an endless head", Buffer.concat([Buffer.from("--line\r\n"), Buffer.alloc(100_000)]), TYPE, "too long"],
  ])("with %s is refused", async (_, body, type, why) => {
    await expect(read(body, type)).rejects.toThrow(why);
  });
});

test.each([
  ["without its token", (form: FormData) => form.delete("form_token")],
  ["with another token", (form: FormData) => form.set("form_token", "another")],
])("an upload %s is refused, and nothing is stored", async (_, spoil) => {
  const { dropbox, ready } = await startTestDropbox();
  const browser = new Browser(dropbox.url);
  const files = dropbox.accountFiles(ready.email);
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  const page = await browser.open("/files");
  const token = page.forms.find((form) => form.action.startsWith("/files/upload-form"))?.hidden.form_token ?? "";
  const sent = async (change: (form: FormData) => void) => {
    const body = new FormData();
    body.set("form_token", token);
    body.append("file", new Blob(["x"]), "a.txt");
    change(body);
    return (await browser.fetch("/files/upload-form?path=", { method: "POST", body, redirect: "manual" })).status;
  };
  expect(await sent(spoil)).toBe(403);
  expect(await files.get("/a.txt")).toBeNull();
  expect(await sent(() => {})).toBe(303);
  expect(await files.get("/a.txt")).not.toBeNull();
  const raw = await browser.fetch("/files/upload?path=/b.txt", { method: "POST", body: "x" });
  expect([raw.status, await files.get("/b.txt")]).toEqual([403, null]);
  const when = { method: "POST", body: "x", headers: { "x-form-token": token } };
  expect((await browser.fetch("/files/upload?path=/b.txt&modified=soon", when)).status).toBe(400);
});

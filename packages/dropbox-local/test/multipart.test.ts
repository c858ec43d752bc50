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

/** A visitor of the folder `/up`, and what the answer is to a form that is sent there. */
async function atTheForm() {
  const { dropbox, ready } = await startTestDropbox();
  const browser = new Browser(dropbox.url);
  const files = dropbox.accountFiles(ready.email);
  await files.createFolder("/up");
  await browser.submit(await browser.open("/login"), "/login", { email: ready.email, password: ready.password });
  const page = await browser.open("/files?path=/up");
  const token = page.forms.find((form) => form.action.startsWith("/files/upload-form"))?.hidden.form_token ?? "";
  async function send(names: readonly string[], change: (form: FormData) => void = () => {}) {
    const body = new FormData();
    body.set("form_token", token);
    for (const name of names) body.append("file", new Blob(["x"]), name);
    change(body);
    const answer = await browser.fetch("/files/upload-form?path=/up", { method: "POST", body, redirect: "manual" });
    return { status: answer.status, html: await answer.text() };
  }
  return { browser, files, token, send };
}

test.each([
  ["without its token", (form: FormData) => form.delete("form_token")],
  ["with another token", (form: FormData) => form.set("form_token", "another")],
])("a form %s is refused, and nothing is stored", async (_, spoil) => {
  const { files, send } = await atTheForm();
  expect((await send(["a.txt"], spoil)).status).toBe(403);
  expect(await files.get("/up/a.txt")).toBeNull();
  expect((await send(["a.txt"])).status).toBe(303);
  expect(await files.get("/up/a.txt")).not.toBeNull();
});

test("a form is told which file was not stored, and what was", async () => {
  const { files, send } = await atTheForm();
  await files.createFolder("/up/b");
  const { status, html } = await send(["a.txt", "b", "c.txt"]);
  expect(status).toBe(409);
  expect(html).toContain("There is a folder at /up/b already. What came before it in the form is uploaded: 1 file.");
  expect(html).toContain("Back to up");
  expect((await files.list("/up")).map((entry) => entry.name)).toEqual(["b", "a.txt"]);
});

test("a script's upload needs the token too, and a time that is one", async () => {
  const { browser, files, token } = await atTheForm();
  const status = async (query: string, headers: Record<string, string>) =>
    (await browser.fetch(`/files/upload?path=/up/b.txt${query}`, { method: "POST", body: "x", headers })).status;
  expect(await status("", {})).toBe(403);
  expect(await status("&modified=soon", { "x-form-token": token })).toBe(400);
  expect(await files.get("/up/b.txt")).toBeNull();
  expect(await status("&modified=1500000000000", { "x-form-token": token })).toBe(201);
});

import { expect, test } from "vitest";
import { type Client, type Json, startTestDropbox } from "./harness.ts";

async function found(client: Client, query: string, options: Record<string, unknown> = {}): Promise<string[]> {
  const { matches } = await client.ok("files/search_v2", { query, options });
  return matches.map((match: Json) => match.metadata.metadata.path_display);
}

test("names are found by all words of the query, in any case, below a folder", async () => {
  const { client } = await startTestDropbox();
  await client.put("/Photos/Summer beach.JPG", "1");
  await client.put("/Photos/winter.jpg", "2");
  await client.put("/notes/beach summer.txt", "3");
  await client.put("/ΌΣΟΣ.txt", "4");
  expect(await found(client, "SUMMER beach")).toEqual(["/notes/beach summer.txt", "/Photos/Summer beach.JPG"]);
  expect(await found(client, "summer", { path: "/photos" })).toEqual(["/Photos/Summer beach.JPG"]);
  expect(await found(client, "e", { file_extensions: ["txt"] })).toEqual(["/notes/beach summer.txt"]);
  expect(await found(client, "e", { file_categories: [{ ".tag": "image" }] })).toHaveLength(2);
  expect(await found(client, "photos", { file_categories: ["folder"] })).toEqual(["/Photos"]);
  expect(await found(client, "ΌΣΟΣ")).toEqual(["/ΌΣΟΣ.txt"]);
  expect(await found(client, "nowhere")).toEqual([]);
});

test("deleted files are found apart, and the latest first where it is asked", async () => {
  const { client, control } = await startTestDropbox();
  await client.put("/z", "1");
  await control("POST", "advance-clock", { seconds: 10 });
  await client.put("/za", "2");
  await client.put("/zb", "3");
  await client.ok("files/delete_v2", { path: "/zb" });
  expect(await found(client, "z", { order_by: "last_modified_time" })).toEqual(["/za", "/z"]);
  expect(await found(client, "z", { file_status: "deleted" })).toEqual(["/zb"]);
});

test("more than a page is had by cursor", async () => {
  const { client } = await startTestDropbox();
  await client.ok("files/create_folder_batch", { paths: Array.from({ length: 5 }, (_, index) => `/f${index}`) });
  const names: string[] = [];
  let page = await client.ok("files/search_v2", { query: "f", options: { max_results: 2 } });
  for (;;) {
    names.push(...page.matches.map((match: Json) => match.metadata.metadata.name));
    if (!page.has_more) break;
    page = await client.ok("files/search/continue_v2", { cursor: page.cursor });
  }
  expect(names).toEqual(["f0", "f1", "f2", "f3", "f4"]);
  expect((await client.rpc("files/search/continue_v2", { cursor: "x" })).status).toBe(400);
});

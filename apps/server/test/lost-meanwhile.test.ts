import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

let own: OwnServer;
let master: string;
beforeAll(async () => {
  own = await startOwnServer();
  master = (await unitIds(own)).get("First Space/Master") ?? "";
}, 120_000);
afterAll(() => own.dispose());

const administered = async (path: string, body: object) => {
  const answer = await own.call("POST", `/api/administration/instance/${master}/${path}`, body);
  expect(answer.status).toBe(200);
};
const removed = ({ id }: Person) => administered("members/remove", { userId: id });
const stored = (name: string) => join(own.folder, "files", master, name);
/** What is still coming in, in the place where it waits. */
const staged = (area = "workspace") => {
  const folder = join(own.folder, area === "workspace" ? "files" : "personal", ".uploads");
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** A PUT that is half there. @returns what sends the rest of it, and with what that is answered */
async function begun(cookie: string, area: string, path: string) {
  const { hostname, port } = new URL(own.url);
  let send = () => {};
  const answered = new Promise<string>((resolve, reject) => {
    const query = new URLSearchParams({ area, path });
    const request = httpRequest(
      {
        ...{ hostname, port, method: "PUT", path: `/api/instances/${master}/file?${query}` },
        headers: { cookie, "x-twinfold": "1", "content-type": "application/octet-stream" },
      },
      async (answer) => {
        const said = Buffer.concat(await answer.toArray()).toString();
        resolve(`${answer.statusCode} ${said}`);
      },
    ).on("error", reject);
    request.write("one half, ");
    send = () => request.end("and the other");
  });
  await vi.waitFor(() => expect(staged(area)).toHaveLength(1));
  return {
    end: () => {
      send();
      return answered;
    },
  };
}

test.each<[string, RegExp, (person: Person) => Promise<void>]>([
  ["is removed", /^404 .*Nothing was changed/, removed],
  [
    "becomes a viewer",
    /^403 .*may look at the files/,
    ({ id }) => administered("members/role", { userId: id, role: "instance viewer" }),
  ],
  ["finds the instance archived", /^404 .*archived/, () => administered("archive", { archived: true })],
])("what was half there when its user %s replaces nothing", async (how, refusal, lose) => {
  const name = `${how}.txt`;
  const person = await invite(own, "instance", master, `${how.replaceAll(" ", "-")}@example.org`, "instance editor");
  await own.call("PUT", `/api/instances/${master}/file?${new URLSearchParams({ area: "workspace", path: name })}`, "x");
  const put = await begun(person.cookie, "workspace", name);
  await lose(person);
  expect(await put.end()).toMatch(refusal);
  expect(readFileSync(stored(name), "utf8")).toBe("x");
  expect(staged()).toEqual([]);
  await administered("archive", { archived: false });
  expect(await json(own.call("GET", `/api/instances/${master}/deleted?area=workspace`))).toMatchObject({ items: [] });
});

test("what was half there when its login was ended from elsewhere comes nowhere, in her own files neither", async () => {
  const lost = await own.logIn();
  const puts = [await begun(lost, "workspace", "by the finder.txt"), await begun(lost, "personal", "of hers.txt")];
  expect((await own.call("POST", "/api/account/sessions/end-others")).status).toBe(200);
  for (const put of puts) expect(await put.end()).toMatch(/^401 .*login was ended/);
  expect(existsSync(stored("by the finder.txt"))).toBe(false);
  const query = new URLSearchParams({ area: "personal", path: "of hers.txt" });
  expect((await own.call("GET", `/api/instances/${master}/file?${query}`)).status).toBe(404);
});

test("an upload in parts that is being put together when its user is removed replaces nothing", async () => {
  const person = await invite(own, "instance", master, "in-parts@example.org", "instance editor");
  const begin = `/api/instances/${master}/uploads?${new URLSearchParams({ area: "workspace", path: "parts.txt" })}`;
  const headers = { "tus-resumable": "1.0.0", "upload-length": "0", cookie: person.cookie };
  const upload = (await own.call("POST", begin, undefined, headers)).headers.get("location") ?? "";
  // Whoever reads it waits for as long as nobody writes.
  const part = join(own.folder, "upload-parts", upload.split("/").at(-1) ?? "", "part");
  rmSync(part);
  execFileSync("mkfifo", [part]);
  writeFileSync(stored("parts.txt"), "of others");
  const ending = person.call("POST", `${upload}/end?path=parts.txt`);
  await vi.waitFor(() => expect(staged()).toHaveLength(1));
  await removed(person);
  writeFileSync(part, "hers");
  expect((await ending).status).toBe(404);
  expect(readFileSync(stored("parts.txt"), "utf8")).toBe("of others");
});

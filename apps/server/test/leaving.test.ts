import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Instance } from "@twinfold/api";
import { type AccountFiles, type RunningDropboxLocal, startDropboxLocal } from "@twinfold/dropbox-local";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { linkAs } from "./link-as.ts";
import { PATIENCE } from "./linked-server.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";

const ADA = { email: "ada@dropbox.example", name: "Ada L.", password: "engine" };
const GRACE = { email: "grace@dropbox.example", name: "Grace H.", password: "navy" };
const EDITH = { email: "edith@dropbox.example", name: "Edith C.", password: "tables" };
const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";

let dropbox: RunningDropboxLocal;
let dropboxFolder: string;
let own: OwnServer;
let master: string;

beforeAll(async () => {
  dropboxFolder = mkdtempSync(join(tmpdir(), "twinfold-dropbox-"));
  dropbox = await startDropboxLocal({ dataFolder: dropboxFolder, control: true });
  for (const account of [ADA, GRACE, EDITH]) await dropbox.ensureAccount(account);
  const app = await dropbox.ensureApp({ name: "Twinfold" });
  own = await startOwnServer({
    TWINFOLD_DROPBOX_URL: dropbox.url,
    DROPBOX_APP_KEY: app.appKey,
    DROPBOX_APP_SECRET: app.appSecret,
  });
  master = (await unitIds(own)).get("First Space/Master") ?? "";
  await linkAs(own, dropbox, own, ADA);
}, 120_000);
afterAll(async () => {
  await own.dispose();
  await dropbox.close();
  rmSync(dropboxFolder, { recursive: true, force: true });
});

const put = (name: string, content: string | Uint8Array) => {
  const file = join(own.folder, "files", master, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
};
const alwaysOn = (person: Pick<Person, "call">, on: boolean) =>
  person.call("POST", `/api/instances/${master}/always-on`, { on });
const becomes = (person: Pick<Person, "call">, state: string) =>
  vi.waitFor(
    async () =>
      expect((await json<Instance>(person.call("GET", `/api/instances/${master}`))).sync).toMatchObject({ state }),
    PATIENCE,
  );
async function namesIn(files: AccountFiles, path = FOLDER): Promise<string[]> {
  const entries = (await files.get(path)) === null ? [] : await files.list(path);
  const inner = entries.filter(({ kind }) => kind === "folder").map((one) => namesIn(files, one.path));
  return [...entries.map((one) => one.path), ...(await Promise.all(inner)).flat()].sort();
}

const conditions = (given: object) =>
  fetch(`${dropbox.url}/__control/conditions`, { method: "POST", body: JSON.stringify(given) });

/** With a Dropbox that takes its time, and much to send to it. */
test.each([
  { account: GRACE, when: "while her sync runs", before: async (_: Person) => undefined },
  {
    account: EDITH,
    when: "while the last session of hers still flushes",
    before: async (person: Person) => {
      void alwaysOn(person, false);
      await becomes(person, "stopped");
    },
  },
])(
  "nothing reaches the Dropbox of a member who is removed $when, once that is answered",
  async ({ account, before }) => {
    const person = await invite(own, "instance", master, account.email, "instance editor");
    await linkAs(own, dropbox, person, account);
    await alwaysOn(own, true);
    await alwaysOn(person, true);
    await Promise.all([becomes(own, "up to date"), becomes(person, "up to date")]);
    const [adas, hers] = [dropbox.accountFiles(ADA.email), dropbox.accountFiles(account.email)];
    await conditions({ latencyMs: 100, commitMs: 300, uploadBytesPerSecond: 2_000_000 });
    for (let number = 0; number < 12; number++) put(`${account.name}/${number}.bin`, randomBytes(500_000));
    await becomes(person, "syncing");
    await before(person);
    const removed = await own.call("POST", `/api/administration/instance/${master}/members/remove`, {
      userId: person.id,
    });
    expect(removed.status).toBe(200);
    const left = await namesIn(hers);
    put("afterwards.txt", `${account.name} is out, the others go on`);
    await conditions({ latencyMs: 0, commitMs: 0, uploadBytesPerSecond: null });
    // By then her co-author's sync has sent all of it.
    await becomes(own, "up to date");
    await vi.waitFor(async () => expect(await namesIn(adas)).toContain(`${FOLDER}/afterwards.txt`), PATIENCE);
    expect(await namesIn(hers)).toEqual(left);
    // Nor was the removal kept waiting until she had it all.
    const sent = (all: string[]) => all.filter((path) => path.startsWith(`${FOLDER}/${account.name}/`)).length;
    expect([sent(left) < 12, sent(await namesIn(adas))]).toEqual([true, 12]);
  },
);

test("who is invited again finds what she had chosen, and syncs", async () => {
  const grace = await invite(own, "instance", master, GRACE.email, "instance editor");
  await becomes(grace, "up to date");
  expect(await namesIn(dropbox.accountFiles(GRACE.email))).toContain(`${FOLDER}/afterwards.txt`);
});

import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openDatabase } from "../src/database/open.ts";
import { prepareDatabase, readyFolder } from "../src/database/ready-database.ts";
import { StartError } from "../src/server-error.ts";
import { addressOf, readSettings } from "../src/settings.ts";
import { cookieOf } from "./caller.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-starting-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));

interface Started {
  readonly child: ChildProcess;
  readonly output: string;
  readonly code: number | null;
}

/** `npm start` in a process of its own, until it serves or ends. */
function start(environment: Record<string, string>): Promise<Started> {
  return new Promise((resolve) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const env = { PATH, NODE_COMPILE_CACHE, PORT: "0", TWINFOLD_LOCAL_DROPBOX_PORT: "0", ...environment };
    const child = spawn(process.execPath, [MAIN], { env, cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    let output = "";
    const gather = (chunk: Buffer) => {
      output += chunk;
      if (output.includes("Ctrl-C ends it.")) resolve({ child, output, code: null });
    };
    child.stdout.on("data", gather);
    child.stderr.on("data", gather);
    child.once("close", (code) => resolve({ child, output, code }));
  });
}
/** What PostgreSQL draws for each database that it makes; first in this file (its `ControlFileData`). */
const identifier = (database: string) => readFileSync(join(database, "global/pg_control")).subarray(0, 8);
const kill = ({ child }: Started) =>
  new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
const told = (output: string) => /with the password\s+(\S+)/.exec(output)?.[1];

test("a first start takes the database that lies ready, which others can't look into", async () => {
  await prepareDatabase(async (made) => (await openDatabase({ url: undefined, folder: made })).destroy());
  const data = join(folder, "ready");
  await kill(await start({ TWINFOLD_DATA: data }));
  expect(identifier(join(data, "postgres"))).toEqual(identifier(await readyFolder()));
  expect(statSync(join(data, "postgres")).mode & 0o777).toBe(0o700);
});

test("a drawn password is told until its user has logged in, whatever became of the starts before", async () => {
  const data = join(folder, "first");
  // A first start that comes to nothing makes no user whose password nobody knows.
  const squatter = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => squatter.once("listening", resolve));
  const taken = String((squatter.address() as { port: number }).port);
  const failed = await start({ TWINFOLD_DATA: data, PORT: taken });
  squatter.close();
  expect([failed.code, failed.output]).toEqual([3, expect.stringMatching(/^Port \d+ is taken/)]);

  const first = await start({ TWINFOLD_DATA: data });
  const password = told(first.output) ?? "";
  expect(password.length).toBeGreaterThan(10);
  expect(statSync(join(data, "first-password.json")).mode & 0o777).toBe(0o600);
  await kill(first);

  const second = await start({ TWINFOLD_DATA: data });
  expect(told(second.output)).toBe(password);
  const url = /Twinfold is at\s+(\S+)/.exec(second.output)?.[1];
  const login = await fetch(`${url}/api/login`, {
    method: "POST",
    headers: { "x-twinfold": "1", "content-type": "application/json" },
    body: JSON.stringify({ email: "ada@example.org", password }),
  });
  expect(login.status).toBe(200);
  const cookie = cookieOf(login);
  const instances = await fetch(`${url}/api/instances`, { headers: { cookie } });
  expect(await instances.json()).toHaveLength(2);
  await kill(second);

  // Now it is known to its user, and the data is closed to others, though it was open.
  chmodSync(data, 0o755);
  const third = await start({ TWINFOLD_DATA: data });
  expect(told(third.output)).toBeUndefined();
  expect(existsSync(join(data, "first-password.json"))).toBe(false);
  expect(statSync(data).mode & 0o777).toBe(0o700);
}, 180_000);

const DAMAGED = "damaged";
test.each([
  [1, /^The database that DATABASE_URL names can't be used/, { DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" }],
  [1, /^The embedded database in .* can't be used/, { TWINFOLD_DATA: DAMAGED }],
  [2, /secret\.key can't be read or made/, { TWINFOLD_SECRET_KEY_FILE: "no/such/folder/secret.key" }],
  [2, /^the key file \/tmp can't be read/, { TWINFOLD_SECRET_KEY_FILE: "/tmp" }],
])(
  "what keeps it from starting is told in one line: %i, %s",
  async (code, words, environment) => {
    mkdirSync(join(folder, DAMAGED, "postgres"), { recursive: true });
    writeFileSync(join(folder, DAMAGED, "postgres", "PG_VERSION"), "damaged");
    const ended = await start({ TWINFOLD_DATA: "not-started", ...environment });
    expect(ended.output).toMatch(words);
    expect(ended.output.trim().split("\n")).toHaveLength(1);
    expect(ended.code).toBe(code);
  },
  60_000,
);

test.each([
  ["TWINFOLD_DROPBOX_URL", { TWINFOLD_DROPBOX_URL: "ftp://x", DROPBOX_APP_KEY: "k" }],
  ["DROPBOX_APP_NAME", { DROPBOX_APP_NAME: "a/b" }],
  ["DROPBOX_APP_SECRET", { DROPBOX_APP_SECRET: "s" }],
  ["DATABASE_URL", { DATABASE_URL: "mysql://x" }],
  ["TWINFOLD_ADMIN_EMAIL", { TWINFOLD_ADMIN_EMAIL: "abc" }],
  ["TWINFOLD_PUBLIC_URL", { TWINFOLD_PUBLIC_URL: "http://files.example.org" }],
  ["HOST", { HOST: "files.example.org" }],
  ["TWINFOLD_APPLICATIONS_URL", { TWINFOLD_APPLICATIONS_URL: "apps.example.org" }],
  ["TWINFOLD_APPLICATIONS_URL", { TWINFOLD_APPLICATIONS_URL: "http://localhost:4182/apps" }],
  ["TWINFOLD_APPLICATIONS_URL", { TWINFOLD_APPLICATIONS_URL: "http://127.0.0.1:4182" }],
  ["TWINFOLD_APPLICATIONS_URL", { TWINFOLD_APPLICATIONS_URL: "https://app-*.example.org" }],
  ["TWINFOLD_APPLICATIONS_URL", { TWINFOLD_APPLICATIONS_URL: "https://apps.*.example.org" }],
  [
    "TWINFOLD_APPLICATIONS_URL",
    { TWINFOLD_PUBLIC_URL: "https://files.example.org", TWINFOLD_APPLICATIONS_URL: "http://apps.example.org" },
  ],
])("a wrong %s is refused by its name", (variable, environment) => {
  const refused = (() => {
    try {
      return readSettings(environment);
    } catch (error) {
      return error;
    }
  })();
  expect(refused).toBeInstanceOf(StartError);
  expect(refused).toMatchObject({ exitCode: 2, message: expect.stringContaining(variable) });
});

/** What two programs of one machine want. */
const taken = async () => {
  const squatter = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void squatter.close());
  await new Promise((resolve) => squatter.once("listening", resolve));
  return String((squatter.address() as { port: number }).port);
};
const withApplication = (data: string) => {
  const file = join(folder, "applications.json");
  const command = ["sleep", "{port}"];
  writeFileSync(file, JSON.stringify([{ kind: "a", name: "A", description: "", command }]));
  return { TWINFOLD_DATA: join(folder, data), TWINFOLD_APPLICATIONS_FILE: file };
};

test("applications get addresses beside the pages', with names of the machine's own, and another port where theirs is taken", async () => {
  const port = Number(await taken());
  const started = await start({ ...withApplication("applications"), PORT: String(port - 2) });
  const pages = /Twinfold is at\s+(\S+)/.exec(started.output)?.[1];
  const applications = new URL(/Applications are\s+(\S+)/.exec(started.output)?.[1] ?? "");
  expect([pages, applications.hostname]).toEqual([`http://127.0.0.1:${port - 2}`, "*.localhost"]);
  expect(Number(applications.port)).not.toBe(port);
  // At each address that the names may lead to.
  for (const host of ["127.0.0.1", "localhost"])
    expect((await fetch(`http://${host}:${applications.port}/`)).status).toBe(404);
  await kill(started);
}, 60_000);

test.each([
  [
    3,
    /^Port \d+ is taken: set TWINFOLD_APPLICATIONS_PORT/,
    async () => ({ TWINFOLD_APPLICATIONS_PORT: await taken() }),
  ],
  [2, /set TWINFOLD_APPLICATIONS_URL/, async () => ({ TWINFOLD_PUBLIC_URL: "https://files.example.org" })],
])(
  "where applications can't have an address of their own, %i, it is said what to set",
  async (code, words, environment) => {
    const ended = await start({ ...withApplication("no-address"), ...(await environment()) });
    expect(ended.output).toMatch(words);
    expect([ended.output.trim().split("\n").length, ended.code]).toEqual([1, code]);
  },
  60_000,
);

test.each([
  ["127.0.0.1", "http://127.0.0.1:80"],
  ["0.0.0.0", "http://127.0.0.1:80"],
  ["::", "http://[::1]:80"],
  ["::1", "http://[::1]:80"],
])("what listens on %s is found at %s", (host, address) => {
  expect(addressOf(host, 80)).toBe(address);
  expect(readSettings({ HOST: host }).host).toBe(host);
});

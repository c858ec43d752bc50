import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application, ApplicationKind, Instance } from "@twinfold/api";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readCatalogue } from "../src/application-catalogue.ts";
import { PATIENCE } from "./linked-server.ts";
import { type Opened, openApplication } from "./opening.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { json } from "./people.ts";

const PROGRAM = fileURLToPath(new URL("echo-program.mjs", import.meta.url));
const entry = (kind: string, more: object) => ({
  kind,
  name: kind,
  description: "Says what it was asked.",
  env: { ECHO_SECRET: "{secret}" },
  headers: { "X-Secret": "{secret}" },
  ...more,
});
const ECHO = entry("echo", { command: [process.execPath, PROGRAM, "{socket}"] });
const AT_PORT = entry("at-port", { command: [process.execPath, PROGRAM, "{port}"], stripBase: true });

let folder: string;
let own: OwnServer;
let id: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-catalogue-"));
  writeFileSync(join(folder, "applications.json"), JSON.stringify([ECHO, AT_PORT]));
  own = await startOwnServer({ TWINFOLD_APPLICATIONS_FILE: join(folder, "applications.json") });
  id = await own.firstInstance();
}, 120_000);
afterAll(async () => {
  await own.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const instance = () => json<Instance>(own.call("GET", `/api/instances/${id}`));
const start = (kind: string) => own.call("POST", `/api/instances/${id}/application`, { kind });
/** Started, opened, and listening. */
async function open(kind: string, server = own): Promise<{ readonly application: Application; readonly at: Opened }> {
  const instanceId = await server.firstInstance();
  const started = server.call("POST", `/api/instances/${instanceId}/application`, { kind });
  const application = await json<Application>(started);
  const at = await openApplication(server, application);
  await vi.waitFor(async () => expect((await at.call("GET", at.base)).status).not.toBe(503), PATIENCE);
  return { application, at };
}
interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
/** @returns the messages that came, the first of them once it has */
function connect(address: string, headers: Record<string, string>): Promise<{ socket: WebSocket; came: string[] }> {
  return new Promise((resolve, reject) => {
    // Node's own takes headers, which the types of browsers don't know.
    const options = { headers } as unknown as string[];
    const socket = new WebSocket(address.replace("http", "ws"), options);
    const came: string[] = [];
    socket.onmessage = ({ data }) => {
      came.push(String(data));
      resolve({ socket, came });
    };
    socket.onerror = () => reject(new Error("refused"));
    socket.onclose = () => reject(new Error("closed"));
  });
}

test("the catalogue has the terminal and what the operator has added; nothing else is started", async () => {
  const kinds = await json<ApplicationKind[]>(own.call("GET", "/api/application-kinds"));
  expect(kinds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["terminal", "echo", "at-port"]));
  // Each says in what surroundings it runs, which are the same.
  expect(kinds.map(({ surroundings }) => surroundings)).toEqual(
    kinds.map(() => expect.stringMatching(/mount namespace/)),
  );
  expect((await start("made-up")).status).toBe(404);
  expect((await own.call("GET", "/api/application-kinds", undefined, { cookie: "" })).status).toBe(401);
});

test("a catalogue that can't be read is said by name, with what is wrong in it", () => {
  const refused = (content: string) => {
    writeFileSync(join(folder, "wrong.json"), content);
    try {
      readCatalogue(join(folder, "wrong.json"));
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refused("[")).toMatch(/^TWINFOLD_APPLICATIONS_FILE can't be used: .*wrong\.json/);
  expect(refused(JSON.stringify([{ ...ECHO, command: ["x"] }]))).toContain("{socket} or {port}");
  expect(refused(JSON.stringify([{ ...ECHO, kind: "terminal" }]))).toContain("more than one terminal");
  expect(refused(JSON.stringify([{ ...ECHO, comand: [] }]))).toContain("comand");
});

describe("the pages of an application", () => {
  let at: Opened;
  let base: string;
  let application: Application;
  beforeAll(async () => {
    ({ at, application } = await open("echo"));
    ({ base } = at);
  });

  test("have all of a request but this server's own cookies, and can't set or take these", async () => {
    const answer = await at.call("PATCH", `${base}a%20b/c?d=%2F`, "hello", {
      cookie: `own=1; ${own.cookie}; =${own.cookie}; __Host-${own.cookie}; ${at.cookie}; other=2`,
      authorization: "Basic nobodys",
      "content-type": "application/x-of-its-own",
    });
    const heard = await json<Echo>(answer);
    expect(heard).toMatchObject({ method: "PATCH", url: `${base}a%20b/c?d=%2F`, body: "hello" });
    expect(heard.headers.cookie).toBe("own=1; other=2");
    expect(heard.headers["x-secret"]).toMatch(/^[0-9a-f]{64}$/);
    expect(heard.headers.authorization).toBeUndefined();
    expect(JSON.stringify(heard)).not.toContain("twinfold_");
    expect(answer.headers.getSetCookie()).toEqual(["own=1; Path=/; HttpOnly"]);
    // What would be heard beyond its own pages.
    expect(answer.headers.get("clear-site-data")).toBeNull();
    expect(answer.headers.get("service-worker-allowed")).toBeNull();
    // Its pages are as it makes them.
    expect(answer.headers.get("content-security-policy")).toBeNull();
  });

  test("a large upload goes through as it comes", async () => {
    const answer = await at.call("POST", `${base}upload`, Buffer.alloc(3_000_000, "x"));
    expect((await json<Echo>(answer)).body).toHaveLength(3_000_000);
  });

  test("are there over websockets and long answers too, and all of it ends with the login", async () => {
    const login = await own.logIn();
    const { cookie, call } = await openApplication(own, application, login);
    const { socket, came } = await connect(`${at.origin}${base}channel?a=1`, {
      cookie: `${cookie}; own=1`,
      origin: at.origin,
    });
    const first = JSON.parse(came[0] ?? "") as Echo;
    expect([first.url, first.headers.cookie]).toEqual([`${base}channel?a=1`, "own=1"]);
    socket.send("to and fro");
    await vi.waitFor(() => expect(came.at(-1)).toBe("to and fro"), PATIENCE);
    const closed = new Promise((resolve) => {
      socket.onclose = resolve;
    });
    const endless = await call("GET", `${base}endless`);
    const broken = expect(endless.text()).rejects.toThrow();
    await own.call("POST", "/api/logout", {}, { cookie: login });
    await closed;
    await broken;
    expect((await call("GET", base)).status).toBe(401);
    // Another login of hers goes on.
    expect((await at.call("GET", base)).status).toBe(200);
  });

  test("are found again when the server has ended and started, which no open channel holds up", async () => {
    const { socket } = await connect(`${at.origin}${base}`, { cookie: at.cookie, origin: at.origin });
    const closed = new Promise((resolve) => {
      socket.onclose = resolve;
    });
    await own.restart();
    await closed;
    ({ at, application } = await open("echo"));
    expect(at.base).toBe(base);
    expect((await at.call("GET", base.slice(0, -1))).headers.get("location")).toBe(base);
    expect((await at.call("GET", base)).status).toBe(200);
  });

  test("are at their own origin alone: at ours nothing of them is served", async () => {
    const page = await own.call("GET", base, undefined, { accept: "text/html", cookie: `${own.cookie}; ${at.cookie}` });
    expect([page.headers.get("x-powered-by"), await page.text()]).toEqual([
      null,
      expect.stringContaining("<title>Twinfold"),
    ]);
    expect((await own.call("POST", base, "x")).status).toBe(404);
    await expect(connect(`${at.origin}/api${base}`, { cookie: at.cookie })).rejects.toThrow();
    // And nothing of ours at theirs.
    for (const path of ["/", "/api/me", "/login", "/healthz"])
      expect([path, (await at.call("GET", path, undefined, { cookie: own.cookie })).status]).toEqual([path, 404]);
  });
});

test("an application beside the others listens at a port, and is asked for paths below the root", async () => {
  const { at } = await open("at-port");
  expect(await json<Echo>(at.call("GET", `${at.base}x/y?z`))).toMatchObject({ url: "/x/y?z" });
  expect((await instance()).applications.map(({ kind }) => kind).sort()).toEqual(["at-port", "echo"]);
});

test("what crashes is told with its exit code and what it said last, until it is started again", async () => {
  const { application, at } = await open("echo");
  await at.call("GET", `${at.base}chatter`);
  await vi.waitFor(async () => {
    const said = await json<{ output: string }>(own.call("GET", `/api/applications/${application.id}/output`));
    // What is shown is bounded, whatever it prints.
    expect(said.output.length).toBe(20_000);
  }, PATIENCE);
  await at.call("GET", `${at.base}crash`).catch(() => undefined);
  await vi.waitFor(async () => expect((await instance()).ended).toHaveLength(1), PATIENCE);
  const { ended, applications } = await instance();
  expect(ended).toMatchObject([
    { kind: "echo", exitCode: 3, signal: 0, output: expect.stringMatching(/out of ideas\s*$/) },
  ]);
  expect(applications.map(({ kind }) => kind)).toEqual(["at-port"]);
  const again = await open("echo");
  expect((await instance()).ended).toEqual([]);
  // Stopped by its user: no trouble.
  await own.call("POST", `/api/applications/${again.application.id}/stop`);
  expect(await instance()).toMatchObject({ ended: [], applications: [{ kind: "at-port" }] });
});

test("what nobody uses is stopped, which is said before, and put off by whoever keeps it", async () => {
  const idle = await startOwnServer({
    TWINFOLD_APPLICATIONS_FILE: join(folder, "applications.json"),
    TWINFOLD_IDLE_STOP_MINUTES: "0.05",
  });
  try {
    const { application } = await open("echo", idle);
    const look = async () =>
      (await json<Instance>(idle.call("GET", `/api/instances/${application.instanceId}`))).applications[0];
    const said = () => vi.waitFor(async () => expect((await look())?.idleStopAt).toEqual(expect.any(String)), PATIENCE);
    await said();
    expect((await idle.call("POST", `/api/applications/${application.id}/keep`)).status).toBe(200);
    expect(await look()).toMatchObject({ id: application.id, idleStopAt: null });
    await said();
    await vi.waitFor(async () => expect(await look()).toBeUndefined(), PATIENCE);
  } finally {
    await idle.dispose();
  }
}, 60_000);

const hasJupyter = spawnSync("jupyter-lab", ["--version"], { stdio: "ignore" }).status === 0;
if (!hasJupyter) console.info("JupyterLab is not on PATH: the test with it is left out.");

test.runIf(hasJupyter)(
  "JupyterLab shows its pages, and a kernel computes over a websocket",
  async () => {
    const { at } = await open("jupyterlab");
    expect(await (await at.call("GET", `${at.base}lab`)).text()).toContain("JupyterLab");
    const kernel = await json<{ id: string }>(at.call("POST", `${at.base}api/kernels`, "{}"));
    const address = `${at.origin}${at.base}api/kernels/${kernel.id}/channels`;
    const { socket, came } = await connect(address, { cookie: at.cookie, origin: at.origin });
    const content = { code: "6 * 7", silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const header = { msg_id: "1", username: "", session: "1", msg_type: "execute_request", version: "5.3" };
    socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, content, channel: "shell" }));
    await vi.waitFor(() => expect(came.some((one) => one.includes('"text/plain": "42"'))).toBe(true), PATIENCE);
    socket.close();
  },
  120_000,
);

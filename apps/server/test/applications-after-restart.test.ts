import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Application, Instance } from "@twinfold/api";
import { terminalIsolation } from "@twinfold/workspaces";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startServerProcess } from "../../../test/pages/server-process.ts";
import { callerOf, cookieOf } from "./caller.ts";
import { type OwnServer, startOwnServer } from "./own-server.ts";
import { json, unitIds } from "./people.ts";
import { openShell } from "./shell.ts";

let own: OwnServer;
let id: string;
let application: Application;
beforeAll(async () => {
  own = await startOwnServer();
  id = await own.firstInstance();
  application = await json<Application>(start());
}, 120_000);
afterAll(() => own.dispose());

const start = () => own.call("POST", `/api/instances/${id}/application`, {});
const instance = () => json<Instance>(own.call("GET", `/api/instances/${id}`));

/** What the first answer is, however often nobody answers before. */
async function firstAnswer<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await new Promise(setImmediate);
    }
  }
}

/** What a terminal's page sees: the code it is refused with, or that it gets something to show. @throws where nobody answers */
function terminalAt(url: string, cookie: string): Promise<number | "connected"> {
  const options = { headers: { cookie, origin: url } } as unknown as string[];
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/applications/${application.id}/terminal`, options);
  return new Promise((resolve, reject) => {
    socket.onmessage = () => {
      socket.close();
      resolve("connected");
    };
    socket.onclose = ({ code }) => (code === 1006 ? reject(new Error("nobody answers")) : resolve(code));
  });
}

test("who asks the very moment the server is there again finds all that ran before it ended", async () => {
  const space = (await unitIds(own)).get("First Space");
  const others = ["Distributed", "One", "Two", "Three", "Four", "Five", "Six"];
  for (const name of others.slice(1)) await own.call("POST", `/api/administration/space/${space}/instances`, { name });
  const ids = [...(await unitIds(own))].filter(([name]) => others.includes(name.split("/")[1] ?? ""));
  for (const [, one] of ids) expect((await own.call("POST", `/api/instances/${one}/application`, {})).status).toBe(200);
  const { url, cookie } = own;
  await own.running().close();
  const restarted = own.restart({ environment: { PORT: new URL(url).port } });
  const [running, atTerminal] = await Promise.all([
    firstAnswer(async () => {
      const instances = await json<Instance[]>(fetch(`${url}/api/instances`, { headers: { cookie } }));
      return instances.flatMap(({ applications }) => applications.map(({ kind }) => kind));
    }),
    firstAnswer(() => terminalAt(url, cookie)),
    restarted,
  ]);
  expect([running, atTerminal]).toEqual([Array.from({ length: 1 + others.length }, () => "terminal"), "connected"]);
});

test("what can't be started again is told as ended, and holds up neither the server nor what else ran", async () => {
  const { id: userId } = await json<{ id: string }>(own.call("GET", "/api/me"));
  const home = join(own.folder, "personal", userId);
  renameSync(home, `${home}-aside`);
  writeFileSync(home, "no folder\n");
  await own.restart();
  expect(await instance()).toMatchObject({
    applications: [],
    ended: [{ kind: "terminal", output: expect.stringMatching(/^It could not be started again: .*EEXIST/) }],
  });
  renameSync(`${home}`, `${home}-file`);
  renameSync(`${home}-aside`, home);
  expect((await start()).status).toBe(200);
  expect(await instance()).toMatchObject({ applications: [{ kind: "terminal" }], ended: [] });
});

test.runIf(terminalIsolation() === "mount namespace")(
  "what it had at /tmp when the server was killed is gone, however long that takes, and what it has there now stays",
  async () => {
    const server = await startServerProcess();
    onTestFinished(() => server.dispose());
    const call = callerOf(server);
    const login = await call("POST", "/api/login", server.user);
    const cookie = cookieOf(login);
    const [first] = await json<Instance[]>(call("GET", "/api/instances"));
    const terminal = await json<Application>(call("POST", `/api/instances/${first?.id}/application`, {}));
    const before = await openShell(server, cookie, terminal.id);
    await before.run("mkdir -p /tmp/{1..40}/{1..100}");
    await server.kill();
    before.close();
    await server.startAgain();
    const shell = await openShell(server, cookie, terminal.id);
    onTestFinished(shell.close);
    const line = "ls -d /tmp/1; for i in {1..20}; do sleep 0.1; echo $i >> /tmp/kept || break; done; wc -l < /tmp/kept";
    expect((await shell.run(line)).out).toMatch(/No such file or directory\n20\n$/);
  },
  120_000,
);

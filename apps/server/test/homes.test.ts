import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Application, ApplicationKind } from "@twinfold/api";
import { terminalIsolation } from "@twinfold/workspaces";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ServerProcess, startServerProcess } from "../../../test/pages/server-process.ts";
import { callerOf, cookieOf } from "./caller.ts";
import type { OwnServer } from "./own-server.ts";
import { invite, json, type Person, unitIds } from "./people.ts";
import { openShell, type Shell } from "./shell.ts";

interface Somebody {
  readonly person: Pick<Person, "call" | "cookie">;
  readonly shell: Shell;
}

let server: ServerProcess;
let call: OwnServer["call"];
let id: string;
let [ada, grace]: Somebody[] = [];

/** Two editors of one instance, each at the terminal of an application of her own. */
async function begin(environment: Readonly<Record<string, string>> = {}): Promise<readonly [Somebody, Somebody]> {
  server = await startServerProcess(environment);
  call = callerOf(server);
  const login = await call("POST", "/api/login", server.user);
  const cookie = cookieOf(login);
  id = (await unitIds({ call })).get("First Space/Master") ?? "";
  const at = async (person: Somebody["person"]): Promise<Somebody> => {
    const { id: application } = await json<Application>(person.call("POST", `/api/instances/${id}/application`, {}));
    return { person, shell: await openShell(server, person.cookie, application) };
  };
  const other = await invite({ call }, "instance", id, "grace@example.org", "instance editor");
  return [await at({ cookie, call }), await at(other)];
}
async function end() {
  for (const one of [ada, grace]) one?.shell.close();
  await server.dispose();
}
const says = async (one: Somebody | undefined, line: string) => (await one?.shell.run(line))?.out;

describe.runIf(terminalIsolation() === "mount namespace")("where a namespace is allowed", { timeout: 90_000 }, () => {
  beforeAll(async () => {
    [ada, grace] = await begin();
  }, 120_000);
  afterAll(end);

  test("both see the same files at /files", async () => {
    await says(ada, "echo for both > /files/shared.txt");
    expect(await says(grace, "pwd; cat /files/shared.txt")).toBe("/files\nfor both\n");
  });

  test("each has a home of her own, which the other does not see, wherever she looks", async () => {
    await says(ada, "echo hers alone > ~/diary; mkdir ~/.secrets; touch ~/.secrets/key");
    const home = (await says(ada, "echo ~"))?.trim() ?? "";
    expect(await says(ada, "cat ~/diary")).toBe("hers alone\n");
    expect(await says(grace, "ls -A ~")).not.toContain("diary");
    expect(await says(grace, `test -e ${home} && echo is there; cat ${home}/diary`)).toMatch(/No such file/);
    // Nor by way of the processes of others.
    expect(await says(grace, `find ${tmpdir()} /proc/*/root/${tmpdir()} -name diary 2> /dev/null`)).toBe("");
    const around = home.slice(0, home.lastIndexOf("/"));
    expect(await says(grace, `ls ${around}; ls -A ${around}/*/`)).not.toMatch(/diary|\.secrets/);
    expect(await says(grace, "cd ~/..; find . -name diary; cd /files")).toBe("");
    // Nor where all programs put what they need for a while, nor behind what hides it.
    await says(ada, "echo hers > /tmp/diary; echo hers > /dev/shm/diary");
    await says(grace, `cd /; umount -l ~ ${around} ${home} /tmp /dev/shm 2> /dev/null`);
    expect(await says(grace, `ls ${home} /tmp /var/tmp /dev/shm 2> /dev/null | grep diary`)).toBe("");
  });

  test("what she makes at another's home's place is nothing there", async () => {
    const home = (await says(ada, "echo ~"))?.trim() ?? "";
    await says(grace, `mkdir -p ${home}; echo forged > ${home}/diary`);
    expect(await says(ada, "cat ~/diary")).toBe("hers alone\n");
  });

  test("the kinds of applications say where the files are", async () => {
    const kinds = await json<ApplicationKind[]>(call("GET", "/api/application-kinds"));
    for (const { surroundings } of kinds)
      expect(surroundings).toMatch(/in a mount namespace of its own: the files are at \/files, .*no one else's home/);
  });
});

describe("where none is allowed", { timeout: 90_000 }, () => {
  let bin: string;
  beforeAll(async () => {
    bin = mkdtempSync(join(tmpdir(), "twinfold-refusing-"));
    mkdirSync(bin, { recursive: true });
    // As where a container's policy does not let it.
    writeFileSync(join(bin, "unshare"), "#!/bin/sh\necho 'unshare: Operation not permitted' >&2\nexit 1\n");
    chmodSync(join(bin, "unshare"), 0o755);
    [ada, grace] = await begin({ PATH: `${bin}:${process.env.PATH}` });
  }, 120_000);
  afterAll(async () => {
    await end();
    rmSync(bin, { recursive: true });
  });

  test("an application begins in the instance's folder, is told where that is, and has a home of its user's", async () => {
    const [here, told, home] = (await says(ada, "pwd; echo $TWINFOLD_FILES; echo ~"))?.trim().split("\n") ?? [];
    expect(here).toBe(told);
    expect(here).toMatch(new RegExp(`/files/${id}$`));
    expect(home).not.toBe((await says(grace, "echo ~"))?.trim());
    await says(ada, "echo for both > shared.txt");
    expect(await says(grace, "cat shared.txt")).toBe("for both\n");
    expect(await (await call("GET", `/api/instances/${id}/file?path=shared.txt`)).text()).toBe("for both\n");
  });

  test("that is what the kinds of applications say", async () => {
    const kinds = await json<ApplicationKind[]>(call("GET", "/api/application-kinds"));
    for (const { surroundings } of kinds)
      expect(surroundings).toMatch(/in the folder with the files and sees this machine as the server does/);
  });
});

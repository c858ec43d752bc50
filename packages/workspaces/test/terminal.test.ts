import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startTerminal, type Terminal, terminalIsolation } from "../src/index.ts";

let data: string;
let terminal: Terminal;
let output: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "twinfold-terminal-"));
  writeFileSync(join(data, "secret.key"), "the-secret-of-all");
  mkdirSync(join(data, "files/1"), { recursive: true });
  mkdirSync(join(data, "personal/ada"), { recursive: true });
  writeFileSync(join(data, "personal/ada/notes"), "her-own-notes");
  terminal = startTerminal({
    files: join(data, "files/1"),
    home: join(data, "personal/ada"),
    hidden: data,
    temporary: join(data, "tmp/1"),
    columns: 200,
  });
  output = "";
  terminal.onData((more) => {
    output += more;
  });
});
afterEach(async () => {
  await terminal.stop();
  rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

const PATIENCE = { timeout: 25_000, interval: 50 };
let commands = 0;
/** @returns what it printed, once it has ended */
async function run(command: string): Promise<string> {
  const mark = `${++commands}`;
  const begin = output.length;
  // The quotes tell what is printed from what is typed.
  terminal.write(`${command}; echo "end"-${mark}-\n`);
  await vi.waitFor(() => expect(output.slice(begin)).toContain(`end-${mark}-`), PATIENCE);
  return output.slice(begin);
}

test("what was started in a terminal ends with it, though it ignores that the terminal is gone", async () => {
  const sign = join(data, "files/1/still-there");
  await run("nohup sh -c 'while sleep 0.1; do date +%N > still-there; done' > /dev/null 2>&1 & true");
  await vi.waitFor(() => expect(existsSync(sign)).toBe(true), PATIENCE);
  terminal.stop();
  // Two looks, further apart than it ever pauses, find the same.
  await vi.waitFor(async () => {
    const before = readFileSync(sign, "utf8");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(readFileSync(sign, "utf8")).toBe(before);
  }, PATIENCE);
});

describe.runIf(terminalIsolation() === "mount namespace")("with a namespace of its own", () => {
  test("of other applications' sockets a program sees none, and its own is there for who asks it", async () => {
    const all = mkdtempSync(join(tmpdir(), "twinfold-sockets-"));
    for (const name of ["own", "other"]) mkdirSync(join(all, name));
    const folders = {
      files: join(data, "files/1"),
      home: join(data, "personal/ada"),
      hidden: data,
      temporary: join(data, "tmp/2"),
    };
    const ended = (one: Terminal) => new Promise((resolve) => one.onExit(resolve));
    const look = (name: string) => ["sh", "-c", `ls "${all}" > /files/${name}; touch "${all}/own/made"; exit 5`];
    const program = startTerminal({
      ...folders,
      sockets: { all, own: join(all, "own") },
      program: { command: look("program"), env: {} },
    });
    expect(await ended(program)).toEqual({ code: 5, signal: 0 });
    await ended(startTerminal({ ...folders, sockets: { all }, program: { command: look("shell"), env: {} } }));
    const seen = ["program", "shell"].map((name) => readFileSync(join(data, "files/1", name), "utf8"));
    expect([...seen, existsSync(join(all, "own/made"))]).toEqual(["own\n", "", true]);
    rmSync(all, { recursive: true });
  });

  test("the files are at /files, and the home is the user's", async () => {
    await run("echo written > /files/a.txt; echo more >> ~/notes");
    expect(readFileSync(join(data, "files/1/a.txt"), "utf8")).toBe("written\n");
    expect(readFileSync(join(data, "personal/ada/notes"), "utf8")).toBe("her-own-notesmore\n");
    expect(await run("echo $TWINFOLD_FILES")).toMatch(/^\/files\r?$/m);
  });

  test("neither what else is in the data folder nor the server's processes are seen", async () => {
    expect(await run(`cat ${data}/secret.key ~/../../secret.key`)).not.toContain("the-secret-of-all");
    expect(await run(`echo ${data}/*`)).toMatch(new RegExp(`^${data}/personal\r?$`, "m"));
    expect(await run("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).not.toContain("vitest");
  });

  test.each([
    ["as it is", ""],
    ["in namespaces of its own", "unshare --user --map-root-user --mount "],
  ])("what hides the rest can't be taken away, %s", async (_, within) => {
    const places = `${data} ${data}/personal/ada /files /tmp`;
    await run(`cd /; ${within}sh -c 'for place in ${places} ${places}; do umount -l $place; done'; cd /files`);
    expect(await run(`${within}cat ${data}/secret.key`)).not.toContain("the-secret-of-all");
    // Nor is a disk to be read by a device made anew.
    expect(await run(`${within}mknod /tmp/disk b 8 0`)).toMatch(/not permitted/);
    expect(await run("grep CapBnd /proc/self/status")).not.toMatch(/f{10}/);
  });

  test("what others have in the machine's folders for temporary files is not seen, and its own is", async () => {
    const mine = mkdtempSync(join(tmpdir(), "twinfold-of-the-server-"));
    const inMemory = mkdtempSync("/dev/shm/twinfold-of-the-server-");
    expect(await run("ls /tmp /var/tmp /dev/shm")).not.toContain("of-the-server");
    await run("echo mine > /tmp/a; echo mine > /dev/shm/b; touch $(mktemp)");
    expect(await run("cat /tmp/a /var/tmp/a /dev/shm/b")).toMatch(/mine\s+mine\s+mine/);
    expect([existsSync("/tmp/a"), existsSync("/dev/shm/b"), existsSync(join(data, "tmp/1/a"))]).toEqual([
      false,
      false,
      true,
    ]);
    for (const one of [mine, inMemory]) rmSync(one, { recursive: true });
  });
});

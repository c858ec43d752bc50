import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { type Client, clientOf } from "./harness.ts";

/** A local Dropbox in a process of its own, to be killed. */
export interface Child {
  readonly url: string;
  readonly pid: number;
  readonly accountId: string;
  readonly appFolder: string;
  readonly client: Client;
  kill(): Promise<void>;
}

export async function startChild(folder: string): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, [new URL("./crash-child.ts", import.meta.url).pathname, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("no output");
  const [line] = await once(createInterface(child.stdout), "line");
  if (child.pid === undefined) throw new Error("no process");
  const { url, accessToken, accountId, appFolder } = JSON.parse(String(line));
  return {
    url,
    pid: child.pid,
    accountId,
    appFolder,
    client: clientOf(url, accessToken),
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

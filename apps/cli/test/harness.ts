import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { askSession, type ControlRequest } from "@twinfold/session/control";
import { openHome, socketPath } from "../src/home.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Ready {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accountId: string;
}

/** A user with a folder, the real command, and a real local Dropbox, all in a folder of their own. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), "twinfold-cli-"));
  readonly home = join(this.folder, "home");
  readonly root: string;
  /** Where this process sees the root: elsewhere, when the command has mounts of its own. */
  seen: string;
  ready: Ready | null = null;
  /** What the command is run through, such as `setpriv` with another user. */
  through: readonly string[] = [];
  #dropbox: ChildProcess | null = null;

  /** With a folder of another's as its root, or one of its own. */
  constructor(root?: string) {
    this.root = root ?? join(this.folder, "root");
    this.seen = this.root;
    mkdirSync(this.root, { recursive: true });
  }

  env(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    return {
      ...process.env,
      TWINFOLD_HOME: this.home,
      ...(this.ready === null ? {} : { TWINFOLD_DROPBOX_URL: this.ready.url }),
      ...more,
    };
  }

  /** Another machine: its own folder and state, the same Dropbox. */
  beside(): World {
    const other = new World();
    other.ready = this.ready;
    return other;
  }

  async startDropbox(port = 0): Promise<void> {
    const args = [
      MAIN,
      "dropbox-local",
      "--port",
      String(port),
      "--data",
      join(this.folder, "dropbox"),
      "--json",
      "--stats",
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: this.env() });
    this.#dropbox = child;
    this.ready = await new Promise<Ready>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk;
        if (text.includes("\n")) resolve(JSON.parse(text) as Ready);
      });
      child.once("exit", (code) => reject(new Error(`the local Dropbox ended with ${code}`)));
    });
  }

  /** Ends it as a power failure would; its data stay. */
  async killDropbox(): Promise<void> {
    const child = this.#dropbox;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async stopDropbox(): Promise<void> {
    const dropbox = this.#dropbox;
    if (dropbox === null) return;
    const ended = new Promise((resolve) => dropbox.once("exit", resolve));
    dropbox.kill("SIGTERM");
    await ended;
  }

  /** Runs the command to its end. */
  run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      const [program = process.execPath, ...words] = [...this.through, process.execPath, MAIN, ...args];
      const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], env: this.env(env) });
      let out = "";
      let err = "";
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk;
      });
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk;
      });
      child.once("close", (code) => resolve({ code: code ?? -1, out, err }));
    });
  }

  async ok(...args: string[]): Promise<string> {
    const ended = await this.run(args);
    if (ended.code !== 0)
      throw new Error(`twinfold ${args.join(" ")} ended with ${ended.code}: ${ended.err}${ended.out}`);
    return ended.out;
  }

  async link(): Promise<void> {
    const { appKey, appSecret, refreshToken } = this.grant();
    const ended = await this.run(["link", "--app-key", appKey], {
      TWINFOLD_REFRESH_TOKEN: refreshToken,
      TWINFOLD_APP_SECRET: appSecret,
    });
    if (ended.code !== 0) throw new Error(ended.err);
  }

  grant(): Ready {
    if (this.ready === null) throw new Error("the local Dropbox was not started");
    return this.ready;
  }

  /** Linked and started, at rest. */
  async begin(): Promise<void> {
    await this.startDropbox();
    await this.link();
    await this.ok("start", "--root", this.root, "--remote", "/A/B/C");
    await this.ok("wait", "--timeout", "25");
  }

  /** Asks the daemon itself, as commands do: tests wait and pause all the time, and a process takes its time to start. */
  #ask<R extends ControlRequest>(asked: R) {
    return askSession(socketPath(openHome(this.env()), this.root), asked);
  }

  /** As `twinfold wait`. */
  async comesToRest(seconds: number): Promise<boolean> {
    return (await this.#ask({ command: "wait", seconds })) === true;
  }

  /** As `twinfold pause` and `twinfold resume`, until the daemon ends. */
  async tell(command: "pause" | "resume"): Promise<void> {
    if ((await this.#ask({ command })) === undefined) throw new Error("no daemon answers");
  }

  /** @throws Error when it does not come to rest */
  async settle(): Promise<void> {
    if (!(await this.comesToRest(25)))
      throw new Error(`not at rest: ${await this.ok("status")}${await this.ok("plan")}`);
  }

  daemonPid(): number {
    const state = join(this.home, "state");
    for (const folder of readdirSync(state)) {
      const lease = JSON.parse(readFileSync(join(state, folder, "lease.json"), "utf8")) as { pid: number };
      return lease.pid;
    }
    throw new Error("no daemon runs");
  }

  async api(route: string, argument: unknown): Promise<unknown> {
    const { url, accessToken } = this.grant();
    const response = await fetch(`${url}/2/${route}`, {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: JSON.stringify(argument),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${route}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** Tells the local Dropbox how to behave, or asks it; see its README. */
  async control(name: string, body: unknown = {}, method = "POST"): Promise<unknown> {
    const request = method === "GET" ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${this.grant().url}/__control/${name}`, request);
    const text = await response.text();
    if (!response.ok) throw new Error(`${name}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** How often each route was asked since the counts were last reset. */
  async requests(): Promise<Readonly<Record<string, number>>> {
    const { routes } = (await this.control("stats", {}, "GET")) as { routes: Record<string, { requests: number }> };
    return Object.fromEntries(Object.entries(routes).map(([route, { requests }]) => [route, requests]));
  }

  async upload(path: string, content: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const { url, accessToken } = this.grant();
    const response = await fetch(`${url}/2/files/upload`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${accessToken}`,
        "content-type": "application/octet-stream",
        "dropbox-api-arg": headerJson({ path: `/A/B/C/${path}`, mode: "overwrite" }),
      },
      body: content,
    });
    if (!response.ok) throw new Error(`upload: ${response.status} ${await response.text()}`);
  }

  move = (from: string, to: string) =>
    this.api("files/move_v2", { from_path: `/A/B/C/${from}`, to_path: `/A/B/C/${to}` });
  remove = (path: string) => this.api("files/delete_v2", { path: `/A/B/C/${path}` });

  /** The Dropbox folder as path -> content; null for folders. */
  async dropboxTree(folder = "/A/B/C"): Promise<Record<string, string | null>> {
    const { url, accessToken } = this.grant();
    type Page = { entries: { ".tag": string; path_display: string; id: string }[]; cursor: string; has_more: boolean };
    let page = (await this.api("files/list_folder", { path: folder, recursive: true })) as Page;
    const entries = [...page.entries];
    while (page.has_more) {
      page = (await this.api("files/list_folder/continue", { cursor: page.cursor })) as Page;
      entries.push(...page.entries);
    }
    const tree: Record<string, string | null> = {};
    for (const entry of entries) {
      const path = entry.path_display.slice(`${folder}/`.length);
      if (path === "") continue;
      if (entry[".tag"] === "folder") tree[path] = null;
      else {
        const response = await fetch(`${url}/2/files/download`, {
          method: "POST",
          headers: { authorization: `Bearer ${accessToken}`, "dropbox-api-arg": JSON.stringify({ path: entry.id }) },
        });
        tree[path] = await response.text();
      }
    }
    return sorted(tree);
  }

  /** The folder on disk likewise; `-> target` for symbolic links, which are not followed. */
  diskTree(): Record<string, string | null> {
    const tree: Record<string, string | null> = {};
    const visit = (folder: string) => {
      for (const entry of readdirSync(join(this.seen, folder), { withFileTypes: true })) {
        const path = join(folder, entry.name);
        const there = join(this.seen, path);
        if (path === ".twinfold" || entry.name === ".~twinfold") continue;
        if (entry.isDirectory()) {
          tree[path] = null;
          visit(path);
        } else if (entry.isSymbolicLink()) tree[path] = `-> ${readlinkSync(there)}`;
        else tree[path] = entry.isFile() ? readFileSync(there, "utf8") : "special";
      }
    };
    visit("");
    return sorted(tree);
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.seen, path)), { recursive: true });
    writeFileSync(join(this.seen, path), content);
  }

  async end(): Promise<void> {
    await this.run(["stop"]);
    this.#dropbox?.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Headers take ASCII only. */
function headerJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\x7f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(tree: Record<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}

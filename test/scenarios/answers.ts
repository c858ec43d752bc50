import type { EngineStatus, Explanation, PlanReport } from "@twinfold/engine";
import { askSession } from "@twinfold/session/control";
import { expect } from "vitest";
import { openHome, socketPath } from "../../apps/cli/src/home.ts";
import type { World } from "../../apps/cli/test/harness.ts";

/** What the command answers, with `--json`. */
export async function why(world: World, path: string): Promise<Explanation> {
  return JSON.parse(await world.ok("why", path, "--json")) as Explanation;
}

export async function status(world: World): Promise<EngineStatus> {
  return JSON.parse(await world.ok("status", "--json")) as EngineStatus;
}

export async function plan(world: World, ...args: string[]): Promise<PlanReport> {
  return JSON.parse(await world.ok("plan", "--json", ...args)) as PlanReport;
}

/** How long, and how often, something is waited for that no answer tells of; milliseconds. */
export const PATIENT = { timeout: 25_000, interval: 50 };

/** Waits until the status says so; asked of the daemon itself, many times. */
export async function until(world: World, says: Readonly<Record<string, unknown>>): Promise<void> {
  const socket = socketPath(openHome(world.env()), world.root);
  await expect.poll(() => askSession(socket, { command: "status" }), PATIENT).toMatchObject(says);
}

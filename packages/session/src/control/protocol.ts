import type { FileVersion } from "@twinfold/dropbox";
import { type LimitsPlan, limitsPlan } from "@twinfold/dropbox/limits";
import type { EngineStatus, Explanation, PlanReport, RelativePath } from "@twinfold/engine";
import { z } from "zod";
import type { PathHistory } from "../file-history.ts";
import type { TakenOut } from "../take-out.ts";

/** Relative to the root, as the engine writes them: none leads out of it. */
const path = z
  .string()
  .refine((text) => text.split("/").every((name) => !["", ".", ".."].includes(name) && !name.includes("\0")))
  .transform((text) => text as RelativePath);

/** What a command asks of a session, one JSON object a line. */
export const request = z.discriminatedUnion("command", [
  z.object({ command: z.literal("status") }),
  z.object({ command: z.literal("plan") }),
  z.object({ command: z.literal("why"), path }),
  z.object({ command: z.literal("wait"), seconds: z.number().nonnegative() }),
  z.object({ command: z.literal("pause") }),
  z.object({ command: z.literal("resume") }),
  z.object({ command: z.literal("conflicts") }),
  z.object({ command: z.literal("settle"), copy: path, keep: z.enum(["mine", "theirs", "both"]) }),
  z.object({ command: z.literal("held"), choice: z.enum(["apply", "bring back"]) }),
  z.object({ command: z.literal("history"), path, most: z.number().int().min(1).max(100) }),
  z.object({ command: z.literal("restore"), path, rev: z.string().optional() }),
  z.object({ command: z.literal("take out"), pattern: z.string().min(1), agreed: z.boolean() }),
  z.object({ command: z.literal("limits") }),
  z.object({ command: z.literal("set limits"), plan: limitsPlan }),
  z.object({ command: z.literal("log"), lines: z.number().int().nonnegative() }),
  z.object({ command: z.literal("follow link") }),
  z.object({ command: z.literal("stop") }),
]);
export type ControlRequest = z.input<typeof request>;
export type ReadRequest = z.output<typeof request>;

/** `not linked` is what only a server knows of: a session that waits for its user to link a Dropbox. */
export type SessionStatus = Omit<EngineStatus, "state"> & { readonly state: EngineStatus["state"] | "not linked" };

/** What it answers. */
export interface ControlAnswers {
  status: SessionStatus;
  plan: PlanReport;
  why: Explanation;
  /** Whether both sides came to be the same in that time. */
  wait: boolean;
  pause: null;
  resume: null;
  conflicts: readonly string[];
  /** Where the version that was chosen, or the copy, is now. */
  settle: string;
  /** Whether any were held. */
  held: boolean;
  history: PathHistory;
  restore: FileVersion;
  /** What goes, or has gone; what is only said and not done where it was not agreed. */
  "take out": TakenOut;
  limits: LimitsPlan;
  "set limits": null;
  /** The last so many, oldest first. */
  log: readonly string[];
  "follow link": null;
  stop: null;
}

/** The longest request in bytes: a path and a few words. */
export const LONGEST_REQUEST = 64 * 1024;

export const answer = z.union([z.object({ ok: z.unknown() }), z.object({ error: z.string(), code: z.string() })]);

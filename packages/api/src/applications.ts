import { z } from "zod";

/** The kind that is built in. */
export const TERMINAL = "terminal";

/** What can be started: the catalogue's entry of a kind. */
export const applicationKind = z.object({
  kind: z.string(),
  name: z.string(),
  description: z.string(),
  /** Where it runs, what it finds there, and what is kept from it: a sentence or two for its user. */
  surroundings: z.string(),
});
export type ApplicationKind = z.infer<typeof applicationKind>;

export const application = z.object({
  id: z.string(),
  instanceId: z.string(),
  kind: z.string(),
  startedAt: z.string(),
  /** When it will be stopped because nobody uses it, once that is near; null before. */
  idleStopAt: z.string().nullable(),
});
export type Application = z.infer<typeof application>;

/** One that ended by itself, and not well. */
export const endedApplication = z.object({
  kind: z.string(),
  endedAt: z.string(),
  exitCode: z.number(),
  /** The number of the signal that ended it, or 0. */
  signal: z.number(),
  /** What it printed last. */
  output: z.string(),
});
export type EndedApplication = z.infer<typeof endedApplication>;

export const newApplication = z.object({ kind: z.string().default(TERMINAL) }).nullish();
export const applicationOutput = z.object({ output: z.string() });

/** What opens the pages of a running application, which are at an origin of their own. */
export const openApplicationPath = ({ instanceId, id }: Pick<Application, "instanceId" | "id">) =>
  `/instances/${instanceId}/applications/${id}/open`;

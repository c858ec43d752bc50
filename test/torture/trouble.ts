import type { SeededRandomness } from "@twinfold/simulator";
import { type Conditions, FAULTS_MET, type LocalDropbox } from "./local-dropbox.ts";

export const TROUBLE = "trouble";

/** One thing that goes wrong. */
export interface Strike {
  /** What to count it as. */
  readonly kind: string;
  readonly words: string;
}

/** What goes wrong in Dropbox, besides kills. */
export interface Trouble {
  /** What is to be counted, by group. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
  /** For the next start of the local Dropbox. */
  conditions(): Conditions;
  /** Something goes wrong now. */
  strike(dropbox: LocalDropbox): Promise<Strike>;
  /** How long until the next time, in milliseconds. */
  pause(): number;
}

/** What the engine asks for, and what people ask for as well. */
const ROUTES = [
  "files/create_folder_batch",
  "files/create_folder_v2",
  "files/delete_batch",
  "files/delete_v2",
  "files/download",
  "files/list_folder",
  "files/list_folder/continue",
  "files/list_folder/longpoll",
  "files/move_batch_v2",
  "files/move_v2",
  "files/upload",
  "files/upload_session/append_batch",
  "files/upload_session/append_v2",
  "files/upload_session/finish",
  "files/upload_session/finish_batch_v2",
  "files/upload_session/start",
  "files/upload_session/start_batch",
  "oauth2/token",
] as const;

const CUTS = ["before", "after", "midway"] as const;
const TOO_MANY = 429;
const FAILURES = [TOO_MANY, 500, 502, 503] as const;

const SLOWNESS = "slower or faster";
const FAULT = "fault told";
const RESET = "cursors reset";
const POLLS_END = "long polls ended";
const EXPIRY = "access tokens expired";

/** Slow enough that there is a middle to be killed in. */
function slowly(random: SeededRandomness): Conditions {
  return { latencyMs: random.pick([5, 20, 60, 150]), commitMs: random.pick([0, 10, 50]) };
}

async function changeSpeed(dropbox: LocalDropbox, conditions: Conditions): Promise<Strike> {
  await dropbox.control("POST", "conditions", conditions);
  const { latencyMs, commitMs } = conditions;
  return { kind: SLOWNESS, words: `each request waits ${latencyMs} ms, each write ${commitMs} ms` };
}

async function expireTokens(dropbox: LocalDropbox): Promise<Strike> {
  await dropbox.control("POST", "expire-access-tokens");
  return { kind: EXPIRY, words: "every access token expires" };
}

/** Nothing but other delays from time to time. */
export function noTrouble(random: SeededRandomness): Trouble {
  return {
    expected: { [TROUBLE]: [SLOWNESS] },
    conditions: () => slowly(random),
    pause: () => 1000 + random.below(4000),
    strike: (dropbox) => changeSpeed(dropbox, slowly(random)),
  };
}

/** Cut connections, refusals, flipped bits, long delays, cursors and tokens that are worth nothing. */
export function faults(random: SeededRandomness): Trouble {
  const oneFault = () => {
    // Most of them soon meet somebody, whatever he asks for.
    const route = random.chance(0.4) ? "*" : random.pick(ROUTES);
    const where = { route, count: 1 + random.below(3), skip: random.below(4) };
    const kind = random.below(7);
    if (kind < 4) return { ...where, cut: random.pick(CUTS) };
    if (kind === 4) return { ...where, route: "files/download", corrupt: true };
    const status = random.pick(FAILURES);
    if (status !== TOO_MANY) return { ...where, status, body: "not now" };
    return { ...where, status, retryAfter: random.below(2), body: '{"error_summary":"too_many_requests/"}' };
  };
  return {
    expected: {
      [TROUBLE]: [FAULT, SLOWNESS, RESET, POLLS_END, EXPIRY],
      [FAULTS_MET]: [...CUTS.map((cut) => `cut ${cut}`), ...FAILURES.map((status) => `status ${status}`), "corrupt"],
    },
    conditions: () => slowly(random),
    pause: () => 20 + random.below(400),
    async strike(dropbox) {
      const roll = random.below(20);
      if (roll === 0) {
        await dropbox.control("POST", "reset-cursors", { accountId: dropbox.ready.accountId });
        return { kind: RESET, words: "every cursor is reset" };
      }
      if (roll === 1) {
        await dropbox.control("POST", "end-polls");
        return { kind: POLLS_END, words: "every long poll ends" };
      }
      if (roll === 2) return expireTokens(dropbox);
      if (roll < 6) {
        const conditions = { latencyMs: random.pick([0, 30, 150, 600]), commitMs: random.pick([0, 20, 200]) };
        return changeSpeed(dropbox, conditions);
      }
      const fault = oneFault();
      await dropbox.control("POST", "faults", fault);
      return { kind: FAULT, words: `fault ${JSON.stringify(fault)}` };
    },
  };
}

/** No access token lives for more than a few seconds. */
export function expiringTokens(random: SeededRandomness): Trouble {
  return {
    expected: { [TROUBLE]: [EXPIRY] },
    conditions: () => slowly(random),
    pause: () => 300 + random.below(3000),
    strike: expireTokens,
  };
}

/** All is well, until trouble begins again. */
export async function calm(dropbox: LocalDropbox): Promise<void> {
  await dropbox.control("DELETE", "faults");
  await dropbox.control("POST", "conditions", { latencyMs: 0, commitMs: 0 });
}

import type { FaultPlan } from "@twinfold/dropbox-local";
import { InvalidArgumentError } from "commander";

const CUTS = { "cut-before": "before", "cut-after": "after", "cut-midway": "midway" } as const;

/**
 * Reads one `--fault ROUTE=WHAT[@RATE]`, and adds it to those before it: WHAT is a status from 400 on, `cut-before`,
 * `cut-after`, `cut-midway` or `corrupt`, RATE the share of requests that it hits, all without.
 */
export function addFault(text: string, before: readonly FaultPlan[] = []): FaultPlan[] {
  const [, route = "", what = "", share = "1"] = /^([^=]+)=([\w-]+)(?:@([\d.]+))?$/.exec(text) ?? [];
  const rate = Number(share);
  if (route === "" || !(rate > 0 && rate <= 1))
    throw new InvalidArgumentError("It takes ROUTE=WHAT or ROUTE=WHAT@RATE, RATE more than 0 and at most 1.");
  return [...before, { route, rate, ...effectOf(what) }];
}

function effectOf(what: string): Pick<FaultPlan, "status" | "cut" | "corrupt"> {
  if (what === "corrupt") return { corrupt: true };
  if (what in CUTS) return { cut: CUTS[what as keyof typeof CUTS] };
  const status = Number(what);
  if (Number.isInteger(status) && status >= 400 && status <= 599) return { status };
  throw new InvalidArgumentError(
    `"${what}" is nothing that can happen: it takes a status from 400 to 599, ${Object.keys(CUTS).join(", ")} or corrupt.`,
  );
}

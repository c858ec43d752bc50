import type { Command } from "commander";
import { from1To, rate, timeZone, wallTime, weekdays } from "../arguments.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { JSON_OPTION, show } from "./shared.ts";

const limitOf = (rate: number | "none") => (rate === "none" ? null : rate);
const RATE = "at most so much a second, as in 500K or 1.5M; none for no limit";

interface Rates {
  readonly up?: number | "none";
  readonly down?: number | "none";
  readonly json?: boolean;
}

/** `twinfold limits`: how fast sync may send and fetch. */
export function declareLimiting(program: Command): void {
  const limits = program
    .command("limits")
    .description("how fast sync may send and fetch: what holds now, until when, and at other hours")
    .option(...JSON_OPTION)
    .action(async ({ json }: { json?: boolean }) => {
      const { limitsInWords, readLimits, told } = await import("../commands/limits.ts");
      const found = told(await readLimits());
      show(json, found, limitsInWords(found));
    });

  limits
    .command("set")
    .description("limits from now on; what is not named stays")
    .option("--up <rate>", `to Dropbox: ${RATE}`, rate)
    .option("--down <rate>", `from Dropbox: ${RATE}`, rate)
    .option(...JSON_OPTION)
    .action(async ({ up, down, json }: Rates, command: Command) => {
      if (up === undefined && down === undefined) throw new CommandError(EXIT.usage, "say which with --up or --down");
      const { changeLimits, limitsInWords } = await import("../commands/limits.ts");
      const named = {
        ...(up === undefined ? {} : { up: limitOf(up) }),
        ...(down === undefined ? {} : { down: limitOf(down) }),
      };
      const set = await changeLimits((plan) => ({ ...plan, ...named }));
      show(json ?? command.parent?.opts().json, set, limitsInWords(set));
    });

  limits
    .command("schedule")
    .description("other limits at given hours; where hours overlap, those that were there first count")
    .option("--days <days>", "as in mon-fri or sat,sun", weekdays)
    .option("--from <time>", "by the clock on the wall, as in 08:00", wallTime)
    .option("--to <time>", "as in 18:00; on the next day where that is not later", wallTime)
    .option("--up <rate>", `to Dropbox: ${RATE}`, rate)
    .option("--down <rate>", `from Dropbox: ${RATE}`, rate)
    .option("--time-zone <zone>", "of all hours, as in Europe/Paris; without it, this machine's", timeZone)
    .option("--remove <number>", "take away hours, by their number in twinfold limits", from1To(99))
    .option(...JSON_OPTION)
    .action(async (flags: Rates & Hours, command: Command) => {
      const { changeLimits, limitsInWords, withHours, withoutHours } = await import("../commands/limits.ts");
      const { days, from, to, up = "none", down = "none", remove } = flags;
      const set = await changeLimits((plan) => {
        if (remove !== undefined) return withoutHours(plan, remove);
        if (days === undefined || from === undefined || to === undefined)
          throw new CommandError(EXIT.usage, "hours need --days, --from and --to; --remove takes some away");
        return withHours(plan, { days, from, to, up: limitOf(up), down: limitOf(down) }, flags.timeZone);
      });
      show(flags.json ?? command.parent?.opts().json, set, limitsInWords(set));
    });

  limits
    .command("off")
    .description("no limits at any hour")
    .option(...JSON_OPTION)
    .action(async ({ json }: Rates, command: Command) => {
      const { changeLimits, limitsInWords } = await import("../commands/limits.ts");
      const set = await changeLimits(() => ({ up: null, down: null, schedule: null }));
      show(json ?? command.parent?.opts().json, set, limitsInWords(set));
    });
}

interface Hours {
  readonly days?: ReturnType<typeof weekdays>;
  readonly from?: string;
  readonly to?: string;
  readonly timeZone?: string;
  readonly remove?: number;
}

import {
  type BandwidthLimits,
  type LimitPeriod,
  type LimitsPlan,
  limitsAt,
  MOST_PERIODS,
} from "@twinfold/dropbox/limits";
import { askSession } from "@twinfold/session/control";
import { CommandError, EXIT } from "../exit-codes.ts";
import { socketPath } from "../home.ts";
import { isInApplication, openOwn, subjectOf } from "../subject.ts";

/** A plan, with what it says now. */
export type LimitsTold = LimitsPlan & { readonly now: BandwidthLimits & { readonly until: string | null } };

/** Those of this machine's daemons, or in an application those of its user's sync. */
export async function readLimits(): Promise<LimitsPlan> {
  return isInApplication() ? subjectOf(undefined).ask({ command: "limits" }) : openOwn().config.limits();
}

/** They are kept, and what runs heeds them at once. @returns what holds from now on */
export async function changeLimits(change: (plan: LimitsPlan) => LimitsPlan): Promise<LimitsTold> {
  const plan = change(await readLimits());
  if (isInApplication()) await subjectOf(undefined).ask({ command: "set limits", plan });
  else {
    const { home, config } = openOwn();
    config.saveLimits(plan);
    const daemons = config
      .roots()
      .map(({ root }) => askSession(socketPath(home, root), { command: "set limits", plan }));
    await Promise.all(daemons);
  }
  return told(plan);
}

export function told(plan: LimitsPlan): LimitsTold {
  const { up, down, until } = limitsAt(plan, Date.now());
  return { ...plan, now: { up, down, until: until === null ? null : new Date(until).toISOString() } };
}

/** With more hours, which count after those that are there. @throws CommandError */
export function withHours(plan: LimitsPlan, period: LimitPeriod, timeZone: string | undefined): LimitsPlan {
  const periods = [...(plan.schedule?.periods ?? []), period];
  if (periods.length > MOST_PERIODS)
    throw new CommandError(EXIT.usage, `there are ${MOST_PERIODS} hours already: remove some with --remove`);
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { ...plan, schedule: { timeZone: timeZone ?? plan.schedule?.timeZone ?? own, periods } };
}

/** @param number as `twinfold limits` counts them, from 1 @throws CommandError */
export function withoutHours(plan: LimitsPlan, number: number): LimitsPlan {
  const periods = plan.schedule?.periods ?? [];
  if (plan.schedule === null || number > periods.length)
    throw new CommandError(EXIT.no, `there are no hours ${number}: twinfold limits counts them`);
  const rest = periods.filter((_, at) => at !== number - 1);
  return { ...plan, schedule: rest.length === 0 ? null : { ...plan.schedule, periods: rest } };
}

/** What holds now and until when, and then all of the plan. */
export function limitsInWords({ now, schedule, ...always }: LimitsTold): string {
  if (schedule === null) return `now: ${ratesInWords(now)}`;
  const { timeZone, periods } = schedule;
  const format = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
  const until =
    now.until === null ? "" : `, until ${new Intl.DateTimeFormat("en", format).format(new Date(now.until))}`;
  const hours = periods.map(
    (one, at) =>
      `${at + 1}. ${one.days.join(",")} ${one.from} to ${one.to}${one.from >= one.to ? " of the next day" : ""}: ${ratesInWords(one)}`,
  );
  return [
    `now: ${ratesInWords(now)}${until} (${timeZone})`,
    ...hours,
    `at all other hours: ${ratesInWords(always)}`,
  ].join("\n");
}

const ratesInWords = ({ up, down }: BandwidthLimits) => `up ${rateInWords(up)}, down ${rateInWords(down)}`;

function rateInWords(rate: number | null): string {
  if (rate === null) return "no limit";
  return rate >= 1_000_000 ? `${rate / 1_000_000} MB/s` : `${rate / 1_000} KB/s`;
}

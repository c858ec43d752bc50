import { isTimeZone, LOWEST_LIMIT, limitsPlan, WEEKDAYS, type Weekday } from "@twinfold/dropbox/limits";
import { InvalidArgumentError } from "commander";

/** Readers of single words of a call; what they refuse ends with 2. */

/** Most often a variable that is not set: `--root "$DIR"`. Taken for a path it would be the current folder. */
export function notEmpty(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError("It takes a whole number, 0 or more.");
  return value;
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It takes a whole number, 1 or more.");
  return value;
}

export function from1To(most: number): (text: string) => number {
  return (text) => {
    const value = positive(text);
    if (value > most) throw new InvalidArgumentError(`It takes 1 to ${most}.`);
    return value;
  };
}

/** In place of a number of seconds. */
export const AS_NEEDED = "auto";

export function secondsOrAsNeeded(text: string): number | typeof AS_NEEDED {
  if (text === AS_NEEDED) return AS_NEEDED;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 86_400)
    throw new InvalidArgumentError(`It takes whole seconds, 1 to 86400, or ${AS_NEEDED}.`);
  return value;
}

export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It takes seconds, 0 or more.");
  return value;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1_000, M: 1_000_000, G: 1_000_000_000 };

/** Bytes a second: `500K`. Commander takes a null for no value at all. */
export function rate(text: string): number | "none" {
  if (text === "none") return "none";
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError("It takes bytes a second, as in 500K or 1.5M, or none.");
  const bytes = Math.round(Number(count) * (UNITS[unit.toUpperCase()] ?? 1));
  if (!limitsPlan.shape.up.safeParse(bytes).success)
    throw new InvalidArgumentError(`It takes ${LOWEST_LIMIT / 1_000}K to 1G, or none.`);
  return bytes;
}

export function wallTime(text: string): string {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) throw new InvalidArgumentError("It takes a time, 00:00 to 23:59.");
  return text;
}

/** `mon-fri`, `sat,sun`, `fri-mon`. */
export function weekdays(text: string): Weekday[] {
  const chosen = new Set<Weekday>();
  for (const part of text.toLowerCase().split(",")) {
    const [first = -1, last = first] = part.split("-").map((one) => WEEKDAYS.indexOf(one as Weekday));
    if (first === -1 || last === -1 || part.split("-").length > 2)
      throw new InvalidArgumentError(`It takes days as in mon-fri or sat,sun: ${WEEKDAYS.join(", ")}.`);
    for (let at = first; ; at = (at + 1) % WEEKDAYS.length) {
      chosen.add(WEEKDAYS[at] as Weekday);
      if (at === last) break;
    }
  }
  return WEEKDAYS.filter((day) => chosen.has(day));
}

export function timeZone(text: string): string {
  if (!isTimeZone(text)) throw new InvalidArgumentError("It takes a time zone, as in Europe/Paris.");
  return text;
}

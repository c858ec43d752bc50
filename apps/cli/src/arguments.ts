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

export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError("It takes seconds, 0 or more.");
  return value;
}

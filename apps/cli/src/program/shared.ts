import { notEmpty } from "../arguments.ts";

export const ROOT_OPTION = ["--root <dir>", "the folder; needed only where several were started", notEmpty] as const;
export const JSON_OPTION = ["--json", "print JSON"] as const;

export interface Asked {
  readonly root?: string;
  readonly json?: boolean;
}

/** For programs, or for people; to them nothing is said in no words. */
export function show(json: boolean | undefined, value: unknown, words: string): void {
  if (json) console.log(JSON.stringify(value));
  else if (words !== "") console.log(words);
}

import type { Running } from "../../../test/clients/running.ts";

export type ContenderName = "Twinfold" | "rclone" | "Maestral";

/** What a program has to bring over that looks only when it is told to. `follow`: what was moved and deleted on disk. */
export type Way = "up" | "down" | "both" | "follow";

/** A program that keeps a folder and a folder in Dropbox the same. */
export interface Contender {
  readonly name: ContenderName;
  /** Whether it sees by itself what changes. */
  readonly watches: boolean;
  /** What it keeps in sync, in the account. */
  readonly base: string;
  /** Begins, and brings both sides together as they are. Resolves once it says that they are. */
  start(): Promise<void>;
  /** Resolves when it has nothing left to do; one that doesn't watch looks now. */
  settle(way: Way): Promise<void>;
  stop(): Promise<void>;
  /** Waits for something that it is to bring about. @throws Error when it ends before */
  whileItRuns<T>(waited: Promise<T>): Promise<T>;
}

/** What is waited for, or an error once the process ends. */
export function orEnded<T>(daemon: Running | null, name: string, waited: Promise<T>): Promise<T> {
  const ended = daemon?.ended.then(({ code, output }) => {
    throw new Error(`${name} has ended with ${code}: ${lastLines(output)}`);
  });
  return ended === undefined ? waited : Promise.race([waited, ended]);
}

/** The end of what a program has printed, in one line. */
export function lastLines(output: string): string {
  return output.trim().split("\n").slice(-3).join(" ");
}

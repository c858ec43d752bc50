import type { Access } from "./sides.ts";

/** Which fingerprint or identity a call of the port is told to expect at its path. */
export type Expected =
  /** What is there right now. */
  | "current"
  /** What the last `look` or `list` showed there. */
  | "looked at"
  /** Nothing's. */
  | "none";

/** A program of the user's does something, by a system call. */
export type CallStep = { readonly kind: "call" } & (
  | { readonly call: "write"; readonly path: string; readonly content: string }
  | { readonly call: "append"; readonly path: string; readonly content: string }
  | { readonly call: "truncate"; readonly path: string; readonly size: number }
  | { readonly call: "mkdir" | "rmdir" | "unlink" | "symlink" | "fifo"; readonly path: string }
  | { readonly call: "rename" | "link"; readonly from: string; readonly to: string }
  | { readonly call: "chmod"; readonly path: string; readonly access: Access }
  | { readonly call: "touch"; readonly path: string; readonly milliseconds: number }
  | { readonly call: "removeStaging" }
);

/** A method of the port is called. Opened and staged files are known by their slots. */
export type PortStep =
  /** `stat`: what it shows can be expected later. */
  | { readonly kind: "look"; readonly path: string }
  | { readonly kind: "list"; readonly path: string }
  | { readonly kind: "hash"; readonly path: string }
  | { readonly kind: "open"; readonly slot: number; readonly path: string; readonly expected: Expected }
  | { readonly kind: "read"; readonly slot: number; readonly start: number; readonly end: number }
  | { readonly kind: "verify"; readonly slot: number }
  | { readonly kind: "createFolder"; readonly path: string }
  | { readonly kind: "stage"; readonly slot: number }
  | { readonly kind: "fill"; readonly slot: number; readonly content: string }
  | { readonly kind: "discard"; readonly slot: number }
  | {
      readonly kind: "place";
      readonly slot: number;
      readonly path: string;
      /** Null: nothing is to be there. */
      readonly expected: Expected | null;
      readonly mtime: number | null;
    }
  | { readonly kind: "setModified"; readonly path: string; readonly expected: Expected; readonly mtime: number }
  | { readonly kind: "move"; readonly from: string; readonly to: string; readonly expected: Expected }
  | { readonly kind: "removeFile" | "removeFolder"; readonly path: string; readonly expected: Expected }
  | { readonly kind: "clearStaging" }
  | { readonly kind: "setMark"; readonly word: string }
  | { readonly kind: "mark" };

/** One step of a script; plain data. */
export type DiskStep =
  | CallStep
  | PortStep
  /** The folder that holds the root is renamed, with another root in its place or none; then renamed back. */
  | { readonly kind: "root away"; readonly replaced: boolean }
  | { readonly kind: "root back" }
  /** All hints that are still under way arrive, and are followed. */
  | { readonly kind: "follow" };

export function describeDiskStep(step: DiskStep): string {
  const { kind, ...rest } = step;
  const words = Object.values(rest).map((value) => JSON.stringify(value));
  return `${kind === "call" ? "" : `${kind} `}${words.join(" ")}`;
}

/** Whose id and rev a call of the port names: of what is at its path right now, or of what was last seen there. */
export type Expected = "current" | "known";

/** Others change the account, on its pages or from other computers. Paths are the app folder's. */
export type OthersStep = { readonly kind: "others" } & (
  | { readonly deed: "upload"; readonly path: string; readonly content: string; readonly mtime: number }
  | { readonly deed: "mkdir" | "remove"; readonly path: string }
  | { readonly deed: "move"; readonly from: string; readonly path: string }
);

/** What becomes of a file on disk while it is uploaded. */
export type Source =
  | "whole"
  /** It changes after its last byte. */
  | "torn"
  /** It has other bytes of the same length. */
  | "other"
  /** It can't be opened any more. */
  | "gone";

/** One write of the port. Paths are the session folder's; null expects nothing in particular, or at an upload: nothing. */
export type WriteStep =
  | { readonly write: "create-folder"; readonly path: string }
  | { readonly write: "copy-folder"; readonly from: string; readonly path: string; readonly id: Expected }
  | {
      readonly write: "upload";
      readonly path: string;
      readonly base: Expected | null;
      readonly content: string;
      readonly mtime: number;
      readonly source: Source;
    }
  | { readonly write: "move"; readonly from: string; readonly path: string; readonly id: Expected | null }
  | {
      readonly write: "delete";
      readonly path: string;
      readonly rev: Expected | null;
      readonly id: Expected | null;
      readonly wanted: boolean;
    };

/** A method of the port is called. Cursors are known by their slots. */
export type PortStep =
  | { readonly kind: "create root" }
  | { readonly kind: "lookup"; readonly path: string }
  | { readonly kind: "write"; readonly writes: readonly WriteStep[] }
  | { readonly kind: "read"; readonly reads: readonly { readonly path: string; readonly expected: Expected }[] }
  /**
   * Reads the changes since the slot was read last, to the end or one page only; `anew`: all there is. Others may do
   * something after the first page.
   */
  | {
      readonly kind: "follow";
      readonly slot: number;
      readonly anew: boolean;
      readonly pages: "all" | "one";
      readonly meanwhile: OthersStep | null;
    }
  /** Waits for changes since then, while others may do something. */
  | { readonly kind: "wait"; readonly slot: number; readonly meanwhile: OthersStep | null };

/** One step of a script; plain data. */
export type RemoteStep =
  | OthersStep
  | PortStep
  /** No cursor that was given out so far is good any more. */
  | { readonly kind: "reset cursors" }
  /** The account's user ends the link. */
  | { readonly kind: "revoke" };

export function describeRemoteStep(step: RemoteStep): string {
  const { kind, ...rest } = step;
  const words = Object.values(rest).map((value) => JSON.stringify(value));
  return `${kind} ${words.join(" ")}`;
}

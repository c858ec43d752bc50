import type { FileAction } from "./actions.ts";
import type { AmbushedCall, AmbushMoment } from "./ambush.ts";

/** One step of a script: plain data, so that a failing world can be told and played again. */
export type Step =
  | { readonly kind: "act"; readonly side: "disk" | "dropbox"; readonly number: number; readonly action: FileAction }
  /** The same, at the very moment at which an engine makes a call; before the next rest at the latest. */
  | {
      readonly kind: "ambush";
      readonly call: AmbushedCall;
      readonly when: AmbushMoment;
      readonly pause: number;
      readonly side: "disk" | "dropbox";
      readonly number: number;
      readonly action: FileAction;
    }
  /** The like of an engine, which is not to make that call any more, or not to hear its answer. */
  | {
      readonly kind: "strike";
      readonly call: AmbushedCall;
      readonly when: "before" | "after";
      readonly engine: number;
      readonly event: Blow;
    }
  | { readonly kind: "sleep"; readonly milliseconds: number }
  | { readonly kind: "settle" }
  /** Nobody does anything, nor asks, for a while; then all is at rest by itself, and settled. */
  | { readonly kind: "idle" }
  /** The machine's clock is set forward, or back. */
  | { readonly kind: "clock"; readonly milliseconds: number }
  | { readonly kind: EngineStep; readonly engine: number }
  | { readonly kind: SideStep; readonly number: number }
  /** At rest, everything on one side is deleted, with so many milliseconds between one thing and the next. */
  | {
      readonly kind: "empty";
      readonly side: "disk" | "dropbox";
      readonly pause: number;
      /** What is written anew once somebody is asked, under all names but two; null for nothing. */
      readonly anew: string | null;
    }
  /** At rest, something new appears together with an ignore file that leaves it out; `hidden`: which nobody may read at first. */
  | {
      readonly kind: "leave out";
      readonly side: "disk" | "dropbox";
      readonly path: string;
      readonly content: string;
      readonly hidden: boolean;
    }
  /** While engines are stopped, a file that is synced is left out by an ignore file, and moved on disk to where it is not. */
  | { readonly kind: "leave out moved"; readonly path: string; readonly to: string; readonly content: string }
  /** At rest, an edit comes from Dropbox, and is moved on disk before the engine has heard that it arrived. */
  | {
      readonly kind: "move on arrival";
      readonly from: string;
      readonly to: string;
      readonly contents: readonly [string, string];
    }
  /** At rest, something is moved in Dropbox, and the second answer that tells of it fails. */
  | { readonly kind: "move half told"; readonly from: string; readonly to: string; readonly content: string }
  /**
   * While engines are stopped, the disk gets the files that it had so many rests ago, under a new epoch; `unheard`: what was
   * done in Dropbox since may have come too late for it.
   */
  | { readonly kind: "restore"; readonly back: number; readonly unheard: boolean }
  /** A file is written, and once more through memory: so many milliseconds later, or, for null, as it is read. */
  | {
      readonly kind: "write unseen";
      readonly path: string;
      readonly contents: readonly [string, string];
      readonly pause: number | null;
    }
  /**
   * At rest, another disk is mounted over a folder that is in sync; it goes; and it, or a third, is mounted there: each at an
   * engine's next call of a kind, or, for null, while none runs; `kills`: the engine does not survive it.
   */
  | {
      readonly kind: "mount over";
      readonly path: string;
      /** Of two files in the folder, and on the disk of one that has the name of the first. */
      readonly contents: readonly [string, string, string];
      readonly calls: readonly (AmbushedCall | null)[];
      readonly another: boolean;
      readonly kills: boolean;
    }
  /** The like of a disk that is in sync at one place, and is mounted at another, over a folder that is in sync. */
  | {
      readonly kind: "mount elsewhere";
      readonly from: string;
      readonly to: string;
      /** Whether the folder of its former place is deleted at the same moment, and not later. */
      readonly removes: boolean;
      /** Of two files in the folder, and on the disk of one that has the name of the first. */
      readonly contents: readonly [string, string, string];
      readonly call: AmbushedCall | null;
      readonly kills: boolean;
    }
  /** At rest, the session's folder in Dropbox is deleted. */
  | { readonly kind: "delete folder" }
  /**
   * At rest, both sides do something to one thing: while engines are stopped, or the one side when an engine is about to
   * bring it what was done on the other.
   */
  | ({ readonly kind: "meet"; readonly when: "stopped" | MeetingMoment } & Meeting);

/** Before what an engine does on disk takes effect, or is refused; or before what it does in Dropbox. */
export type MeetingMoment = "before" | "refused" | "writing";

/** What both sides do to one thing. */
export interface Meeting {
  readonly disk: FileAction;
  readonly dropbox: FileAction;
}

/** What happens to an engine and its state. */
export type EngineStep =
  | "kill"
  /** Killed, and of the state, what was written last is gone too. */
  | "cut power"
  | "stop"
  | "start"
  /** The watcher's queue overflows. */
  | "overflow"
  /** Dropbox forgets its cursors. */
  | "reset"
  | "back up state"
  /** Killed, and the state that was backed up is put in place of what there is. */
  | "roll back state"
  | "lose state";

/** After which an engine is gone in the middle of what it does. */
export type Blow = "kill" | "cut power" | "roll back state" | "lose state";

/** What happens to a disk or an account. It is over at the next rest. */
export type SideStep = "disk full" | "Dropbox full" | "unmount" | "mount" | "unreadable" | "rules unreadable";

const MEETINGS = {
  stopped: "",
  before: " amid work on disk",
  refused: " amid work on disk that fails",
  writing: " amid work in Dropbox",
};

/** A step in words, as in a script for people. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case "sleep":
    case "clock":
      return `${step.kind} ${step.milliseconds}`;
    case "settle":
    case "idle":
    case "delete folder":
      return step.kind;
    case "restore":
      return `restore${step.unheard ? " unheard" : ""} what was on disk ${step.back + 1} rests ago`;
    case "leave out":
      return `${step.side} 1: "${step.path}" with ${JSON.stringify(step.content)}, and an ignore file that leaves it out${step.hidden ? ", but can't be read at first" : ""}`;
    case "leave out moved":
      return `disk 1: "${step.path}" with ${JSON.stringify(step.content)}, and then left out, and moved to "${step.to}"`;
    case "move on arrival":
      return `"${step.from}" with ${JSON.stringify(step.contents)}, moved to "${step.to}" on arrival`;
    case "move half told":
      return `"${step.from}" with ${JSON.stringify(step.content)}, moved in Dropbox to "${step.to}", half told`;
    case "empty":
      return `empty ${step.side}${step.pause === 0 ? "" : `, a thing each ${step.pause} ms`}${step.anew === null ? "" : `, and all but two anew, ${JSON.stringify(step.anew)}`}`;
    case "write unseen":
      return `write "${step.path}" with ${JSON.stringify(step.contents[0])}, and ${JSON.stringify(step.contents[1])} unseen ${step.pause === null ? "as it is read" : `${step.pause} ms later`}`;
    case "mount over":
      return `mount a disk over "${step.path}" with ${JSON.stringify(step.contents)} at ${step.calls.map((call) => call ?? "a stop").join(", ")}${step.another ? ", and another" : ""}${step.kills ? ", with kills" : ""}`;
    case "mount elsewhere":
      return `mount the disk of "${step.from}"${step.removes ? ", which is deleted," : ""} over "${step.to}" with ${JSON.stringify(step.contents)} at ${step.call ?? "a stop"}${step.kills ? ", with kills" : ""}`;
    case "meet":
      return `meet${MEETINGS[step.when]}: disk ${describeAction(step.disk)}, dropbox ${describeAction(step.dropbox)}`;
    case "strike":
      return `${step.event} engine ${step.engine + 1} ${step.when} the next ${step.call}`;
    case "ambush": {
      const isBefore = step.when === "before" || step.when === "refused";
      const when = `${isBefore ? "at" : step.when === "amid" ? "amid" : "after"} the next ${step.call}`;
      const becomes = { refused: "fails", unanswered: "is not answered" }[step.when as string];
      return `${step.side} ${step.number + 1}, ${when}, which ${becomes ?? `takes ${step.pause} ms longer`}: ${describeAction(step.action)}`;
    }
    case "act":
      return `${step.side} ${step.number + 1}: ${describeAction(step.action)}`;
    default:
      return "engine" in step ? `${step.kind} engine ${step.engine + 1}` : `${step.kind} ${step.number + 1}`;
  }
}

function describeAction({ kind, ...rest }: FileAction): string {
  const words = Object.values(rest).map((value) => JSON.stringify(value));
  return `${kind} ${words.join(" ")}`;
}

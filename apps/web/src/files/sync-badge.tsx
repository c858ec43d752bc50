import type { EntrySync } from "@twinfold/api";
import { useId } from "react";
import { Link } from "react-router";
import { reasonInWords } from "../words.ts";

const TONES: Readonly<Record<EntrySync["state"], string>> = {
  "in sync": "calm",
  pending: "busy",
  ignored: "quiet",
  conflict: "warn",
  held: "warn",
  "not synced": "bad",
};

/** What its user can do, after the reason has been said; where the server knows better, that is said instead. */
const NEXT: Readonly<Record<EntrySync["state"], string>> = {
  "in sync": "",
  pending: "There is nothing to do: it is brought over by itself.",
  ignored: "To sync it, change the ignore file on the Dropbox Sync page.",
  conflict: "Follow this to see both versions side by side, and to keep one or both.",
  held: "Follow this to say what is to be done.",
  "not synced": "All else is synced meanwhile.",
};

/** While sync is paused, nothing is brought over by itself. */
const NEXT_WHILE_PAUSED: typeof NEXT = {
  ...NEXT,
  pending: "It is brought over once you resume sync.",
  "not synced": "",
};

/**
 * How a file stands with Dropbox, in a word; why, and what to do, when it is pointed at or reached by the keyboard. What
 * waits for its user's word is a link to where she gives it.
 */
export function SyncBadge(props: {
  readonly sync: EntrySync;
  /** That place. */
  readonly settledAt: string;
  readonly isPaused: boolean;
}) {
  const { sync, settledAt } = props;
  const id = useId();
  const { state } = sync;
  const next = props.isPaused ? NEXT_WHILE_PAUSED : NEXT;
  const className = `pill pill-${TONES[state]}`;
  return (
    <span className="told">
      {state === "conflict" || state === "held" ? (
        <Link className={className} to={settledAt} aria-describedby={id}>
          {state}
        </Link>
      ) : (
        <button type="button" className={className} aria-describedby={id}>
          {state}
        </button>
      )}
      <span role="tooltip" id={id} className="tooltip">
        {reasonInWords(sync.reason)} {sync.fix?.sentence ?? next[state]}
      </span>
    </span>
  );
}

import type { EntrySync } from "@twinfold/api";
import { useId } from "react";

const TONES: Readonly<Record<EntrySync["state"], string>> = {
  "in sync": "calm",
  pending: "busy",
  ignored: "quiet",
  conflict: "warn",
  held: "warn",
  "not synced": "bad",
};

/** What its user can do, after the reason has been said. */
const NEXT: Readonly<Record<EntrySync["state"], string>> = {
  "in sync": "",
  pending: "There is nothing to do: it is brought over by itself.",
  ignored: "To sync it, change the ignore file on the Dropbox Sync page.",
  conflict: "Look at both versions, and rename or delete the one that you don't need.",
  held: "Say what is to be done on the Dropbox Sync page.",
  "not synced": "All else is synced meanwhile; once that is put right, so is this.",
};

/** How a file stands with Dropbox, in a word; why, and what to do, when it is pointed at or reached by the keyboard. */
export function SyncBadge({ sync }: { readonly sync: EntrySync }) {
  const id = useId();
  return (
    <span className="told">
      <button type="button" className={`pill pill-${TONES[sync.state]}`} aria-describedby={id}>
        {sync.state}
      </button>
      <span role="tooltip" id={id} className="tooltip">
        {asSentence(sync.reason)} {NEXT[sync.state]}
      </span>
    </span>
  );
}

function asSentence(words: string): string {
  const dated = words.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, (date) => new Date(date).toLocaleString());
  return `${dated.charAt(0).toUpperCase()}${dated.slice(1)}${/[.!?]$/.test(dated) ? "" : "."}`;
}

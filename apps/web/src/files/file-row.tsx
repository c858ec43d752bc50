import { type FileEntry, LARGEST_EDITED_TEXT } from "@twinfold/api";
import { memo, type Ref } from "react";
import { ChooseBox } from "../components/distribute-choice.tsx";
import { bytesInWords } from "../words.ts";
import { hasPreview } from "./preview.ts";
import { SyncBadge } from "./sync-badge.tsx";

/** What can be done with an entry of the folder. */
export interface EntryActions {
  /** Whether the user may change anything here. */
  readonly mayChange: boolean;
  /** Whether sync is: what waits for it waits until its user resumes it. */
  readonly isPaused: boolean;
  readonly open: (entry: FileEntry) => void;
  readonly edit: (entry: FileEntry) => void;
  /** At what it shows. */
  readonly look: (entry: FileEntry) => void;
  /** With the last snapshot. */
  readonly compare: (entry: FileEntry) => void;
  readonly rename: (entry: FileEntry) => void;
  readonly remove: (entry: FileEntry) => void;
  /** Of a file's bytes, or of a folder's as a zip file. */
  readonly address: (entry: FileEntry) => string;
  /** The page on which its user says what becomes of it, where sync waits for that. */
  readonly settledAt: (entry: FileEntry) => string;
  /** The path by which it is chosen to be distributed; null for what can't be. */
  readonly chosenAs: (entry: FileEntry) => string | null;
}

const MARKS = { new: "Not in", changed: "Not as it is in" } as const;

/** One entry; `index`: its place among all entries, of which not all are on the page. */
export const FileRow = memo(function FileRow(props: {
  readonly entry: FileEntry;
  readonly index: number;
  /** When, in words, which change as time goes on. */
  readonly changed: string;
  readonly actions: EntryActions;
  readonly ref: Ref<HTMLTableRowElement>;
}) {
  const { entry, index, actions } = props;
  const chosenAs = actions.chosenAs(entry);
  return (
    <tr ref={props.ref} data-index={index} aria-rowindex={index + 2}>
      <td>
        {chosenAs !== null && <ChooseBox path={chosenAs} />}
        {entry.kind === "folder" ? (
          <button type="button" className="link" onClick={() => actions.open(entry)}>
            {entry.name}/
          </button>
        ) : (
          <span>{entry.name}</span>
        )}
        {(entry.mark === "new" || entry.mark === "changed") && (
          <span className={`mark mark-${entry.mark}`} title={`${MARKS[entry.mark]} the last snapshot`}>
            {entry.mark}
          </span>
        )}
      </td>
      <td>
        {entry.sync !== null && (
          <SyncBadge sync={entry.sync} settledAt={actions.settledAt(entry)} isPaused={actions.isPaused} />
        )}
      </td>
      <td>{entry.kind === "file" ? bytesInWords(entry.size) : ""}</td>
      <td>
        <time title={new Date(entry.mtime * 1000).toLocaleString()}>{props.changed}</time>
      </td>
      <td className="actions">
        {actions.mayChange && entry.kind === "file" && entry.size <= LARGEST_EDITED_TEXT && (
          <button type="button" className="link" onClick={() => actions.edit(entry)}>
            Edit
          </button>
        )}
        {hasPreview(entry) && (
          <button type="button" className="link" onClick={() => actions.look(entry)}>
            View
          </button>
        )}
        {entry.mark === "changed" && entry.kind === "file" && entry.size <= LARGEST_EDITED_TEXT && (
          <button type="button" className="link" onClick={() => actions.compare(entry)}>
            Compare
          </button>
        )}
        {entry.kind !== "other" && <a href={actions.address(entry)}>Download</a>}
        {actions.mayChange && (
          <>
            <button type="button" className="link" onClick={() => actions.rename(entry)}>
              Rename
            </button>
            <button type="button" className="link" onClick={() => actions.remove(entry)}>
              Delete
            </button>
          </>
        )}
      </td>
    </tr>
  );
});

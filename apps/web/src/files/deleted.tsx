import type { UseMutationResult } from "@tanstack/react-query";
import type { DeletedItem } from "@twinfold/api";
import { Moment } from "../components/moment.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { useDeletedItems } from "../queries.ts";
import { folderOf, nameOf } from "./place.ts";
import type { Done, TakingBack } from "./use-file-changes.ts";

/** Said after a deletion or a move, with the way back. */
export function DoneNotice(props: {
  readonly done: Done;
  readonly busy: boolean;
  readonly onUndo: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Notice tone="good">
      <div className="row">
        <span>{doneInWords(props.done)}</span>
        <button type="button" onClick={props.onUndo} disabled={props.busy}>
          Undo
        </button>
        <button type="button" className="link" onClick={props.onClose}>
          Dismiss
        </button>
      </div>
    </Notice>
  );
}

function doneInWords(done: Done): string {
  if (done.does === "bring-back") return `${done.name} was deleted.`;
  const { from: now, to: before } = done;
  return folderOf(now) === folderOf(before)
    ? `${nameOf(before)} is ${nameOf(now)} now.`
    : `${nameOf(before)} was moved to ${now}.`;
}

/** What can still be brought back, whoever deleted it on these pages. */
export function RecentlyDeleted(props: {
  readonly instanceId: string;
  readonly area: string;
  readonly mayChange: boolean;
  readonly act: UseMutationResult<unknown, Error, TakingBack>;
}) {
  const { act } = props;
  const { data, error } = useDeletedItems(props.instanceId, props.area);
  if (data === undefined || data.items.length === 0) return <Failure error={error} />;
  const button = (does: "bring-back" | "forget", { id, path }: DeletedItem, words: string) => (
    <button
      type="button"
      className="link"
      aria-label={`${words}: ${path}`}
      onClick={() => act.mutate({ does, id })}
      disabled={act.isPending}
    >
      {words}
    </button>
  );
  return (
    <details className="card">
      <summary>Recently deleted or replaced ({data.total.toLocaleString("en")})</summary>
      <p className="quiet">
        Kept for {data.hours} hours, and taking up room until then. What an application deletes or replaces is not among
        it.
      </p>
      <ul>
        {data.items.map((item) => (
          <li key={item.id}>
            {item.path}
            {item.kind === "folder" && "/"},{" "}
            <span className="quiet">
              {item.replaced ? "replaced" : "deleted"} <Moment at={new Date(item.at * 1000).toISOString()} />
            </span>{" "}
            {props.mayChange && (
              <>
                {button("bring-back", item, "Bring back")} {button("forget", item, "Delete for good")}
              </>
            )}
          </li>
        ))}
      </ul>
      {data.total > data.items.length && (
        <p className="quiet">and {(data.total - data.items.length).toLocaleString("en")} that are older</p>
      )}
    </details>
  );
}

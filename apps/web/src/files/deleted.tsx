import type { UseMutationResult } from "@tanstack/react-query";
import type { DeletedItem } from "@twinfold/api";
import { Moment } from "../components/moment.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { useDeletedItems } from "../queries.ts";

/** Said after a deletion, with the way back. */
export function DeletedNotice(props: {
  readonly name: string;
  readonly busy: boolean;
  readonly onUndo: () => void;
  readonly onClose: () => void;
}) {
  return (
    <Notice tone="good">
      <div className="row">
        <span>{props.name} was deleted.</span>
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

/** What can still be brought back, whoever deleted it on these pages. */
export function RecentlyDeleted(props: {
  readonly instanceId: string;
  readonly area: string;
  readonly mayChange: boolean;
  readonly act: UseMutationResult<unknown, Error, { readonly does: "bring-back" | "forget"; readonly id: string }>;
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

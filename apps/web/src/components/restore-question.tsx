import type { Comparison, Snapshot } from "@twinfold/api";
import { useComparison } from "../queries.ts";
import { countInWords } from "../words.ts";
import { Failure } from "./notice.tsx";
import { Question } from "./question.tsx";

/** Says what a restore will do before it is done. */
export function RestoreQuestion(props: {
  readonly instanceId: string;
  readonly snapshot: Snapshot;
  /** As the page calls the snapshot. */
  readonly name: string;
  /** That alone; all of the snapshot when left out. */
  readonly path: string | undefined;
  readonly onYes: () => void;
  readonly onNo: () => void;
}) {
  const { path, snapshot } = props;
  const { data, error } = useComparison(props.instanceId, snapshot.id);
  return (
    <Question
      title={path === undefined ? `Restore "${props.name}"?` : `Restore ${path}?`}
      yes="Restore"
      onYes={props.onYes}
      onNo={props.onNo}
    >
      <Failure error={error} />
      {path !== undefined ? (
        <p>It becomes what it was in "{props.name}". Everything else stays as it is.</p>
      ) : data === undefined ? (
        <p className="quiet">Looking what would change.</p>
      ) : (
        <Consequences of={data} />
      )}
      <p>
        Applications in this instance are stopped, everybody's. Linked Dropboxes follow by themselves. A snapshot of the
        files as they are is taken first, so that you can undo this.
      </p>
    </Question>
  );
}

function Consequences({ of: { added, changed, deleted } }: { readonly of: Comparison }) {
  if (added.count + changed.count + deleted.count === 0)
    return <p>The files are as they were: nothing would change.</p>;
  return (
    <ul>
      {changed.count > 0 && (
        <li>{changed.count === 1 ? "1 item becomes what it was." : `${changed.count} items become what they were.`}</li>
      )}
      {deleted.count > 0 && (
        <li>
          {countInWords(deleted.count, "deleted item")} {deleted.count === 1 ? "comes" : "come"} back.
        </li>
      )}
      {added.count > 0 && (
        <li>
          {countInWords(added.count, "item")} made since then {added.count === 1 ? "goes" : "go"}.
        </li>
      )}
    </ul>
  );
}

import type { Comparison, Instance, Snapshot } from "@twinfold/api";
import { useState } from "react";
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
  /** Other instances whose files may be made those of the snapshot. */
  readonly others: readonly Instance[];
  /** Told which of the others, if it is to be one of them. */
  readonly onYes: (into: Instance | undefined) => void;
  readonly onNo: () => void;
}) {
  const { path, snapshot, others } = props;
  const { data, error } = useComparison(props.instanceId, snapshot.id);
  const [into, setInto] = useState<Instance>();
  return (
    <Question
      title={path === undefined ? `Restore "${props.name}"?` : `Restore ${path}?`}
      yes="Restore"
      onYes={() => props.onYes(into)}
      onNo={props.onNo}
    >
      <Failure error={error} />
      {others.length > 0 && (
        <label>
          Into{" "}
          <select
            value={into?.id ?? ""}
            onChange={(event) => setInto(others.find(({ id }) => id === event.target.value))}
          >
            <option value="">this instance</option>
            {others.map((one) => (
              <option key={one.id} value={one.id}>
                {one.organization} › {one.space} › {one.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {into !== undefined ? (
        <p>
          {path === undefined
            ? `All files of ${into.name} become those of the snapshot`
            : `There, ${path} becomes what it was`}
          . The snapshot is among those of {into.name} from then on.
        </p>
      ) : path !== undefined ? (
        <p>It becomes what it was in "{props.name}". Everything else stays as it is.</p>
      ) : data === undefined ? (
        <p className="quiet">Looking what would change.</p>
      ) : (
        <Consequences of={data} />
      )}
      <p>
        Applications in {into?.name ?? "this instance"} are stopped, everybody's. Linked Dropboxes follow by themselves.
        A snapshot of the files as they are is taken first, so that you can undo this.
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

import type { Comparison, Instance, Snapshot } from "@twinfold/api";
import { useState } from "react";
import { useComparison, useLink } from "../queries.ts";
import { bytesInWords, countInWords, pathsInWords } from "../words.ts";
import { ListedItems } from "./listed-items.tsx";
import { Failure } from "./notice.tsx";
import { Question } from "./question.tsx";

export interface RestoreAnswer {
  /** Which of the other instances, if it is to be one of them. */
  readonly into: Instance | undefined;
  /** Whether a full copy of the folder in her Dropbox is kept there. */
  readonly copyInDropbox: boolean;
}

/** Says what a restore will do before it is done. */
export function RestoreQuestion(props: {
  readonly instanceId: string;
  readonly snapshot: Snapshot;
  /** As the page calls the snapshot. */
  readonly name: string;
  /** These alone; all of the snapshot when left out. */
  readonly paths: readonly string[] | undefined;
  /** Other instances whose files may be made those of the snapshot. */
  readonly others: readonly Instance[];
  readonly onYes: (answer: RestoreAnswer) => void;
  readonly onNo: () => void;
}) {
  const { paths, snapshot, others } = props;
  const { data, error } = useComparison(props.instanceId, snapshot.id, paths);
  const link = useLink().data;
  const [into, setInto] = useState<Instance>();
  const [copyInDropbox, setCopyInDropbox] = useState(false);
  return (
    <Question
      title={paths === undefined ? `Restore "${props.name}"?` : `Restore ${pathsInWords(paths)}?`}
      yes="Restore"
      onYes={() => props.onYes({ into, copyInDropbox })}
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
          {paths === undefined
            ? `All files of ${into.name} become those of the snapshot`
            : `There, ${pathsInWords(paths)} ${paths.length === 1 ? "becomes what it was" : "become what they were"}`}
          . The snapshot is among those of {into.name} from then on.
        </p>
      ) : data === undefined ? (
        <p className="quiet">Looking what would change.</p>
      ) : (
        <>
          <Consequences of={data} />
          {paths !== undefined && <OneByOne of={data} />}
        </>
      )}
      <p>
        Applications in {into?.name ?? "this instance"} are stopped, everybody's. Linked Dropboxes follow by themselves.
        A snapshot of the files as they are is taken first, so that you can undo this.
      </p>
      {link?.account != null && !link.revoked && (
        <label>
          <input type="checkbox" checked={copyInDropbox} onChange={({ target }) => setCopyInDropbox(target.checked)} />{" "}
          Keep a full copy of the folder in my Dropbox as it is now{" "}
          <span className="quiet">
            (beside it; it takes space there
            {link.space !== null &&
              link.space.allocated > link.space.used &&
              `, of which ${bytesInWords(link.space.allocated - link.space.used)} are free`}
            )
          </span>
        </label>
      )}
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

function OneByOne({ of: { added, changed, deleted } }: { readonly of: Comparison }) {
  const items = [
    ...changed.paths.map((path) => [path, "becomes what it was"] as const),
    ...deleted.paths.map((path) => [path, "comes back"] as const),
    ...added.paths.map((path) => [path, "goes"] as const),
  ];
  return (
    <>
      <ListedItems title="One by one" items={items} of={added.count + changed.count + deleted.count} />
      <p>Everything else stays as it is.</p>
    </>
  );
}

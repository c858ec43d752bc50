import { useComparison } from "../queries.ts";
import { countInWords } from "../words.ts";
import { Failure } from "./notice.tsx";

/** What has become of a snapshot since it was taken, path by path. */
export function SnapshotChanges(props: {
  readonly instanceId: string;
  readonly snapshotId: string;
  /** Null for who may only look. */
  readonly onRestore: ((path: string) => void) | null;
  readonly busy: boolean;
}) {
  const { onRestore } = props;
  const { data, error } = useComparison(props.instanceId, props.snapshotId);
  if (error !== null) return <Failure error={error} />;
  if (data === undefined) return <p className="quiet">Comparing with the files as they are now.</p>;
  if (data.added.count + data.changed.count + data.deleted.count === 0) {
    return <p>Nothing has changed since.</p>;
  }
  const kinds = [
    ["Changed since", data.changed, "Restore"],
    ["Deleted since", data.deleted, "Bring back"],
    ["New since", data.added, null],
  ] as const;
  return kinds.map(([title, { count, paths }, word]) =>
    count === 0 ? null : (
      <div key={title}>
        <h3>
          {title} <span className="quiet">({countInWords(count, "item")})</span>
        </h3>
        <ul>
          {paths.map((path) => (
            <li key={path}>
              <code>{path}</code>{" "}
              {word !== null && onRestore !== null && (
                <button
                  type="button"
                  className="link"
                  aria-label={`${word} ${path}`}
                  onClick={() => onRestore(path.replace(/\/$/, ""))}
                  disabled={props.busy}
                >
                  {word}
                </button>
              )}
            </li>
          ))}
        </ul>
        {count > paths.length && <p className="quiet">and {count - paths.length} more</p>}
      </div>
    ),
  );
}

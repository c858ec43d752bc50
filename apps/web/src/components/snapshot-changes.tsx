import type { Comparison } from "@twinfold/api";
import { useState } from "react";
import { comesWith, withPath } from "../chosen-paths.ts";
import { useComparison } from "../queries.ts";
import { countInWords } from "../words.ts";
import { ChoosePath } from "./choose-path.tsx";
import { Failure } from "./notice.tsx";
import { PathPicker } from "./path-picker.tsx";

interface Choosing {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  /** Of one path, at once. */
  readonly onRestore: (path: string) => void;
  readonly busy: boolean;
}

/** What has become of a snapshot since it was taken, path by path; and any of its paths to be restored. */
export function SnapshotChanges(props: {
  readonly instanceId: string;
  readonly snapshotId: string;
  /** Null for who may only look. */
  readonly onRestore: ((paths: readonly string[]) => void) | null;
  readonly busy: boolean;
}) {
  const { instanceId, snapshotId, onRestore, busy } = props;
  const { data, error } = useComparison(instanceId, snapshotId);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choosing =
    onRestore === null ? null : { chosen, onChange: setChosen, onRestore: (path: string) => onRestore([path]), busy };
  return (
    <>
      <Failure error={error} />
      {data === undefined && error === null && <p className="quiet">Comparing with the files as they are now.</p>}
      {data !== undefined && <Changes of={data} choosing={choosing} />}
      {onRestore !== null && (
        <>
          <details>
            <summary>Any file or folder of the snapshot</summary>
            <PathPicker {...{ instanceId, snapshotId, chosen }} onChange={setChosen} withLinks />
          </details>
          <div className="row">
            <button type="button" onClick={() => onRestore(chosen)} disabled={busy || chosen.length === 0}>
              {chosen.length === 0 ? "Restore chosen" : `Restore ${chosen.length.toLocaleString("en")} chosen`}
            </button>
          </div>
        </>
      )}
    </>
  );
}

function Changes({ of, choosing }: { readonly of: Comparison; readonly choosing: Choosing | null }) {
  if (of.added.count + of.changed.count + of.deleted.count === 0) return <p>Nothing has changed since.</p>;
  const kinds = [
    ["Changed since", of.changed, "Restore"],
    ["Deleted since", of.deleted, "Bring back"],
    ["New since", of.added, null],
  ] as const;
  return kinds.map(([title, { count, paths }, word]) =>
    count === 0 ? null : (
      <section key={title} aria-label={title}>
        <h3>
          {title} <span className="quiet">({countInWords(count, "item")})</span>
        </h3>
        {word === null || choosing === null ? (
          <ul>
            {paths.map((path) => (
              <li key={path}>
                <code>{path}</code>
              </li>
            ))}
          </ul>
        ) : (
          <Choosable paths={paths} isAll={paths.length === count} word={word} {...choosing} />
        )}
        {count > paths.length && <p className="quiet">and {(count - paths.length).toLocaleString("en")} more</p>}
      </section>
    ),
  );
}

function Choosable(
  props: Choosing & {
    readonly paths: readonly string[];
    /** Whether these are all of their kind. */
    readonly isAll: boolean;
    /** For one of them. */
    readonly word: string;
  },
) {
  const { paths, word, chosen, onChange, onRestore } = props;
  const all = paths.map(pathOf);
  const isWithAnother = (path: string) => comesWith(chosen, path);
  const areChosen = all.every((path) => chosen.includes(path) || isWithAnother(path));
  const add = (before: readonly string[], path: string) => (comesWith(before, path) ? before : withPath(before, path));
  return (
    <>
      {paths.length > 1 && (
        <button
          type="button"
          className="link"
          onClick={() => onChange(areChosen ? chosen.filter((one) => !all.includes(one)) : all.reduce(add, chosen))}
          disabled={all.every(isWithAnother)}
        >
          {areChosen ? "Choose none" : props.isAll ? "Choose all" : `Choose these ${paths.length}`}
        </button>
      )}
      <ul className="choosable">
        {paths.map((shown) => (
          <li key={shown}>
            <ChoosePath path={pathOf(shown)} chosen={chosen} onChange={onChange}>
              <code>{shown}</code>
            </ChoosePath>{" "}
            <button
              type="button"
              className="link"
              aria-label={`${word} ${shown}`}
              onClick={() => onRestore(pathOf(shown))}
              disabled={props.busy}
            >
              {word}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A folder is shown with a slash at its end. */
const pathOf = (shown: string) => shown.replace(/\/$/, "");

import { Moment } from "../components/moment.tsx";
import { EmptyState, Failure } from "../components/notice.tsx";
import type { EntryActions } from "./file-row.tsx";
import { FileTable } from "./file-table.tsx";
import type { Place } from "./place.ts";
import { Readme } from "./readme.tsx";
import { useEntries } from "./use-entries.ts";

/** One folder's entries, or why there are none. To be given a key by its place: it begins anew at each. */
export function FileList(props: {
  readonly instanceId: string;
  readonly place: Place;
  readonly actions: EntryActions;
}) {
  const { place, actions } = props;
  const entries = useEntries(props.instanceId, place);
  const { total, error } = entries;
  const { readme } = entries;
  return (
    <>
      <Failure error={error} />
      {total === undefined && error === null && <p className="quiet">Listing the files.</p>}
      {total === 0 && error === null && place.find !== "" && (
        <EmptyState title={`Nothing here has “${place.find}” in its name`}>
          <p>Only this folder was looked through, not the folders in it.</p>
        </EmptyState>
      )}
      {total === 0 && error === null && place.find === "" && (
        <EmptyState title="Nothing here yet">
          <p>Upload a file, or make one in a terminal under {place.area === "workspace" ? "/files" : "your home"}.</p>
        </EmptyState>
      )}
      {entries.since !== null && total !== undefined && total > 0 && (
        <p className="quiet">
          “New” and “changed” tell what has become of files since the last snapshot,{" "}
          <Moment at={entries.since.takenAt} />.
        </p>
      )}
      {total !== undefined && total > 0 && <FileTable entries={entries} total={total} actions={actions} />}
      {readme !== null && (
        <Readme instanceId={props.instanceId} place={place} name={readme.name} version={readme.mtime} />
      )}
    </>
  );
}

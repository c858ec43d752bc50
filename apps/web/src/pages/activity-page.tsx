import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ActivityEntry, type ActivityVersion, activityVersion, begunUndo } from "@twinfold/api";
import { Link } from "react-router";
import { useAddressParts } from "../address-parts.ts";
import { post } from "../api.ts";
import { Moment } from "../components/moment.tsx";
import { EmptyState, Failure } from "../components/notice.tsx";
import { OlderAndNewest } from "../components/older-and-newest.tsx";
import { useTitle } from "../components/title.ts";
import { UndoNotice } from "../components/undo-notice.tsx";
import { VersionDialog } from "../components/version-dialog.tsx";
import { useActivity, useUndos } from "../queries.ts";
import { bytesInWords } from "../words.ts";
import { useInstance } from "./instance-pages.tsx";

const SIDES: Readonly<Record<ActivityEntry["side"], string>> = {
  workspace: "Workspace",
  dropbox: "Dropbox",
  platform: "Pages",
};

const DONE: Readonly<Record<ActivityEntry["action"], string>> = {
  "create folder": "folder made",
  upload: "uploaded",
  download: "downloaded",
  move: "moved",
  delete: "deleted",
  "keep as conflict copy": "kept as a conflict copy",
  rename: "renamed",
  distribute: "distributed",
  restore: "restored",
  "bring back": "brought back",
};

/** Before these a snapshot is taken. */
const HAS_SNAPSHOT: ReadonlySet<ActivityEntry["action"]> = new Set(["distribute", "restore"]);

const VERSIONS: Readonly<Record<ActivityVersion, string>> = { was: "Before", now: "After" };

/** What happened to an instance's files, newest first; what was lost by it can be brought back. */
export function ActivityPage() {
  const instance = useInstance();
  const { id } = instance;
  useTitle(`Activity of ${instance.name}`);
  const [address, setAddress] = useAddressParts();
  const before = address.get("before") ?? undefined;
  const page = useActivity(id, before);
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: (entry: ActivityEntry) => post(`/api/instances/${id}/activity/${entry.id}/undo`, {}, begunUndo),
    onSettled: () => client.invalidateQueries({ queryKey: ["undos", id] }),
  });
  const undos = useUndos(id);
  // With its path: the entry may have moved on to another page of the list.
  const [entryId, path] = [address.get("entry"), address.get("path")];
  const which = activityVersion.safeParse(address.get("version")).data;
  const isUndoing = (entry: ActivityEntry) =>
    (undo.isPending && undo.variables.id === entry.id) ||
    undos.data?.undos.some(({ entryId, state }) => entryId === entry.id && state === "running") === true;
  const entries = page.data?.entries ?? [];
  return (
    <>
      <h1>Activity</h1>
      <p>
        What was changed in the files of {instance.name}, and by your sync in your Dropbox. What a deletion or an
        overwrite took away can be looked at and brought back for as long as Dropbox keeps it, or a snapshot does; what
        was deleted on the pages, for a day. A move can be taken back while what was moved is there.
      </p>
      <Failure error={page.error ?? undo.error ?? undos.error} />
      {undos.data?.undos.map((one) => (
        <UndoNotice key={one.id} instanceId={id} of={one} />
      ))}
      {entryId !== null && path !== null && which !== undefined && (
        <VersionDialog
          instanceId={id}
          {...{ entryId, path, which }}
          onClose={() => setAddress({ entry: null, path: null, version: null })}
        />
      )}
      {page.isPending && <p className="quiet">Looking up what happened.</p>}
      {page.data !== undefined && entries.length === 0 && <Nothing older={before !== undefined} instanceId={id} />}
      {entries.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>What</th>
              <th>Where</th>
              <th>When</th>
              <th>
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>
                  <code>{pathInWords(entry)}</code>
                  <div className="quiet">{changeInWords(entry)}</div>
                </td>
                <td>{SIDES[entry.side]}</td>
                <td>
                  <Moment at={entry.at} />
                </td>
                <td className="actions">
                  {entry.versions.map((which) => (
                    <button
                      key={which}
                      type="button"
                      className="link"
                      aria-label={`${VERSIONS[which]}: ${entry.path} ${DONE[entry.action]}`}
                      onClick={() => setAddress({ entry: entry.id, path: entry.path, version: which })}
                    >
                      {VERSIONS[which]}
                    </button>
                  ))}
                  {entry.undo === "possible" && instance.role === "editor" && (
                    <button
                      type="button"
                      className="link"
                      aria-label={`${isUndoing(entry) ? "Undoing" : "Undo"}: ${entry.path} ${DONE[entry.action]}`}
                      onClick={() => undo.mutate(entry)}
                      disabled={isUndoing(entry)}
                    >
                      {isUndoing(entry) ? "Undoing" : "Undo"}
                    </button>
                  )}
                  {entry.undo === "done" && <span className="quiet">Undone</span>}
                  {HAS_SNAPSHOT.has(entry.action) && <Link to={`/instances/${id}/snapshots`}>Snapshots</Link>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <OlderAndNewest
        label="Pages of the activity"
        before={before}
        olderThan={page.data?.more === true ? entries.at(-1)?.id : undefined}
      />
    </>
  );
}

function Nothing({ older, instanceId }: { readonly older: boolean; readonly instanceId: string }) {
  if (older) return <p className="quiet">There is nothing older.</p>;
  return (
    <EmptyState title="Nothing has happened yet">
      <p>
        <Link to="/account/settings/dropbox">Link your Dropbox</Link> and{" "}
        <Link to={`/instances/${instanceId}/applications`}>start an application</Link>: every change that sync carries
        over is listed here, and so is what is done on the pages.
      </p>
    </EmptyState>
  );
}

function pathInWords({ path, from, action }: ActivityEntry): string {
  if (path === "") return "All files";
  return from === null || action === "bring back" ? path : `${from} → ${path}`;
}

function changeInWords({ action, reason, bytes, who }: ActivityEntry): string {
  const by = who === null ? "" : ` by ${who}`;
  const size = bytes === null ? "" : `, ${bytesInWords(bytes)}`;
  return `${DONE[action]}${by}${size}${reason === "" ? "" : `: ${reason}`}`;
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Instance, restored, type Snapshot, snapshot } from "@twinfold/api";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { z } from "zod";
import { useAddressParts } from "../address-parts.ts";
import { post } from "../api.ts";
import { Moment } from "../components/moment.tsx";
import { NamedPaths } from "../components/named-paths.tsx";
import { EmptyState, Failure, Notice } from "../components/notice.tsx";
import { Question } from "../components/question.tsx";
import { RestoreQuestion } from "../components/restore-question.tsx";
import { SnapshotChanges } from "../components/snapshot-changes.tsx";
import { SnapshotSchedule } from "../components/snapshot-schedule.tsx";
import { useTitle } from "../components/title.ts";
import { useInstances, useLink, useSnapshots } from "../queries.ts";
import { bytesInWords, countInWords, pathsInWords } from "../words.ts";
import { useInstance } from "./instance-pages.tsx";

/** What is to be restored: all of a snapshot, or some paths; into another instance than its own, perhaps. */
interface Wish {
  readonly of: Snapshot;
  /** Among whose snapshots it is. */
  readonly at: Instance;
  readonly paths?: readonly string[];
  readonly into?: Instance | undefined;
  readonly copyInDropbox?: boolean;
}

export function SnapshotsPage() {
  const instance = useInstance();
  const { id } = instance;
  useTitle(`Snapshots of ${instance.name}`);
  const [wish, setWish] = useState<Wish | null>(null);
  const [deleting, setDeleting] = useState<Snapshot | null>(null);
  const [address, setAddress] = useAddressParts();
  const compared = address.get("compare");
  const [note, setNote] = useState("");
  const client = useQueryClient();
  const refresh = () =>
    Promise.all([["snapshots", id], ["instances"]].map((queryKey) => client.invalidateQueries({ queryKey })));
  const take = useMutation({
    mutationFn: () => post(`/api/instances/${id}/snapshots`, { note }, snapshot),
    onSuccess: () => setNote(""),
    onSettled: refresh,
  });
  const restore = useMutation({
    mutationFn: ({ of, at, paths, into, copyInDropbox }: Wish) => {
      const body = {
        copyInDropbox,
        paths,
        ...(into === undefined ? {} : { into: into.id }),
      };
      return post(`/api/instances/${at.id}/snapshots/${of.id}/restore`, body, restored);
    },
    onMutate: () => setAddress({ compare: null }),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (one: Snapshot) => post(`/api/instances/${id}/snapshots/${one.id}/delete`, {}, z.object({})),
    onSettled: refresh,
  });
  const list = useSnapshots(id, restore.isPending);
  const link = useLink().data;
  const restoredPaths = restore.variables?.paths;
  const restoredTo = restore.variables?.into ?? restore.variables?.at;
  const mayChange = instance.role === "editor";
  const others = useInstances().data?.filter((one) => one.id !== id && one.role === "editor") ?? [];
  const busy = take.isPending || restore.isPending || remove.isPending || list.data?.restoring != null;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    take.mutate();
  };
  return (
    <>
      <h1>Snapshots</h1>
      <p>A snapshot keeps all files of {instance.name} as they are now. It can be restored whole, or file by file.</p>
      <Failure error={list.error ?? take.error ?? restore.error ?? remove.error} />
      {(restore.isPending || list.data?.restoring != null) && (
        <Notice tone="warn">{list.data?.restoring ?? "Beginning"}. Applications of this instance are stopped.</Notice>
      )}
      {restore.isSuccess && (
        <Notice tone={restore.data.refused.count > 0 ? "warn" : "good"}>
          <p>
            {restoredPaths === undefined
              ? "The snapshot is restored"
              : `${pathsInWords(restoredPaths)} ${restoredPaths.length === 1 ? "is" : "are"} restored`}
            {restoredTo !== undefined && restoredTo.id !== id && ` into ${restoredTo.name}`}. The files as they were
            before are in a snapshot of their own.{" "}
            {!restore.data.reached && "Dropbox could not be heard out first: look for conflict copies there. "}
            {restore.data.copy !== null && (
              <>
                What was in your Dropbox is kept there, in <b>{folderInWords(link?.appName, restore.data.copy)}</b>.
              </>
            )}
          </p>
          {restore.data.refused.count > 0 && (
            <>
              <p>
                But for {countInWords(restore.data.refused.count, "path")}: what was there before is there still, or
                beside it.
              </p>
              <NamedPaths of={restore.data.refused} />
            </>
          )}
          <button
            type="button"
            onClick={() => restore.mutate({ of: restore.data.safety, at: restoredTo ?? instance })}
            disabled={busy}
          >
            Undo the restore
          </button>
        </Notice>
      )}
      {!mayChange && (
        <p className="quiet">You may look at them: who has the editor's role here takes, restores and deletes them.</p>
      )}
      {mayChange && (
        <form className="row with-field" onSubmit={submit}>
          <label>
            What is it for? <span className="quiet">(optional)</span>
            <input type="text" value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />
          </label>
          <button type="submit" className="primary" disabled={busy}>
            {take.isPending ? "Taking a snapshot" : "Take a snapshot"}
          </button>
        </form>
      )}
      {mayChange && list.data !== undefined && (
        <SnapshotSchedule key={id} instanceId={id} schedule={list.data.schedule} />
      )}
      {list.isPending && <p className="quiet">Looking up the snapshots.</p>}
      {list.data?.snapshots.length === 0 && (
        <EmptyState title="No snapshots yet">
          <p>Take one before you try something out: you can go back to it whatever happens.</p>
        </EmptyState>
      )}
      {list.data?.snapshots.map((one) => (
        <article key={one.id} className="card" aria-label={nameOf(one)}>
          <h2>{nameOf(one)}</h2>
          <p className="quiet">
            <Moment at={one.takenAt} />, {countInWords(one.files, "file")}, {bytesInWords(one.bytes)}
          </p>
          <div className="row">
            <button
              type="button"
              aria-expanded={compared === one.id}
              onClick={() => setAddress({ compare: compared === one.id ? null : one.id })}
            >
              Compare with now
            </button>
            {mayChange && (
              <>
                <button type="button" onClick={() => setWish({ of: one, at: instance })} disabled={busy}>
                  Restore
                </button>
                <button type="button" onClick={() => setDeleting(one)} disabled={busy}>
                  Delete
                </button>
              </>
            )}
            <Link className="button" to={`/instances/${id}/distribute?snapshot=${one.id}`}>
              Distribute…
            </Link>
          </div>
          {compared === one.id && (
            <SnapshotChanges
              instanceId={id}
              snapshotId={one.id}
              onRestore={mayChange ? (paths) => setWish({ of: one, at: instance, paths }) : null}
              busy={busy}
            />
          )}
        </article>
      ))}
      {wish !== null && (
        <RestoreQuestion
          instanceId={id}
          snapshot={wish.of}
          name={nameOf(wish.of)}
          paths={wish.paths}
          others={others}
          onYes={(answer) => {
            restore.mutate({ ...wish, ...answer });
            setWish(null);
          }}
          onNo={() => setWish(null)}
        />
      )}
      {deleting !== null && (
        <Question
          title={`Delete "${nameOf(deleting)}"?`}
          yes="Delete"
          onYes={() => {
            remove.mutate(deleting);
            setDeleting(null);
          }}
          onNo={() => setDeleting(null)}
        >
          <p>It can't be brought back. The files as they are now stay, and so do all other snapshots.</p>
        </Question>
      )}
    </>
  );
}

/** As its user finds a folder of the app's in her Dropbox. */
const folderInWords = (appName: string | undefined, path: string) =>
  ["Apps", ...(appName === undefined ? [] : [appName]), ...path.split("/").slice(1)].join(" › ");

function nameOf({ note, cause }: Snapshot): string {
  const words = note === "" ? "a snapshot" : `"${note}"`;
  if (cause === "distribution") return `Before a distribution from ${note}`;
  if (cause === "restore") return `Before ${words} was restored`;
  if (cause === "schedule") return "Automatic snapshot";
  return note === "" ? "Snapshot" : note;
}

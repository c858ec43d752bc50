import { useMutation, useQueryClient } from "@tanstack/react-query";
import { restored, type Snapshot, snapshot } from "@twinfold/api";
import { type FormEvent, useState } from "react";
import { z } from "zod";
import { post } from "../api.ts";
import { EmptyState, Failure, Notice } from "../components/notice.tsx";
import { Question } from "../components/question.tsx";
import { RestoreQuestion } from "../components/restore-question.tsx";
import { SnapshotChanges } from "../components/snapshot-changes.tsx";
import { useTitle } from "../components/title.ts";
import { useSnapshots } from "../queries.ts";
import { agoInWords, bytesInWords, countInWords } from "../words.ts";
import { useInstance } from "./instance-pages.tsx";

/** What is to be restored: all of a snapshot, or one path. */
interface Wish {
  readonly of: Snapshot;
  readonly path?: string;
}

export function SnapshotsPage() {
  const instance = useInstance();
  const { id } = instance;
  useTitle(`Snapshots of ${instance.name}`);
  const [wish, setWish] = useState<Wish | null>(null);
  const [deleting, setDeleting] = useState<Snapshot | null>(null);
  const [compared, setCompared] = useState<string | null>(null);
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
    mutationFn: ({ of, path }: Wish) =>
      post(`/api/instances/${id}/snapshots/${of.id}/restore`, path === undefined ? {} : { paths: [path] }, restored),
    onMutate: () => setCompared(null),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (one: Snapshot) => post(`/api/instances/${id}/snapshots/${one.id}/delete`, {}, z.object({})),
    onSettled: refresh,
  });
  const list = useSnapshots(id, restore.isPending);
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
        <Notice tone="good">
          <p>
            {restore.variables.path === undefined
              ? "The snapshot is restored"
              : `${restore.variables.path} is restored`}
            . The files as they were before are in a snapshot of their own.{" "}
            {!restore.data.reached && "Dropbox could not be heard out first: look for conflict copies there."}
          </p>
          <button type="button" onClick={() => restore.mutate({ of: restore.data.safety })} disabled={busy}>
            Undo the restore
          </button>
        </Notice>
      )}
      <form className="row with-field" onSubmit={submit}>
        <label>
          What is it for? <span className="quiet">(optional)</span>
          <input type="text" value={note} maxLength={200} onChange={(event) => setNote(event.target.value)} />
        </label>
        <button type="submit" className="primary" disabled={busy}>
          {take.isPending ? "Taking a snapshot" : "Take a snapshot"}
        </button>
      </form>
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
            <time dateTime={one.takenAt} title={new Date(one.takenAt).toLocaleString()}>
              {agoInWords(new Date(one.takenAt))}
            </time>
            , {countInWords(one.files, "file")}, {bytesInWords(one.bytes)}
          </p>
          <div className="row">
            <button
              type="button"
              aria-expanded={compared === one.id}
              onClick={() => setCompared(compared === one.id ? null : one.id)}
            >
              Compare with now
            </button>
            <button type="button" onClick={() => setWish({ of: one })} disabled={busy}>
              Restore
            </button>
            <button type="button" onClick={() => setDeleting(one)} disabled={busy}>
              Delete
            </button>
          </div>
          {compared === one.id && (
            <SnapshotChanges
              instanceId={id}
              snapshotId={one.id}
              onRestore={(path) => setWish({ of: one, path })}
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
          path={wish.path}
          onYes={() => {
            restore.mutate(wish);
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

function nameOf({ note, cause }: Snapshot): string {
  const words = note === "" ? "a snapshot" : `"${note}"`;
  if (cause === "restore") return `Before ${words} was restored`;
  return note === "" ? "Snapshot" : note;
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { FileEntry } from "@twinfold/api";
import { useMemo, useRef, useState } from "react";
import { z } from "zod";
import { fileAddress, post } from "../api.ts";
import { DistributeChoice, DistributeWay } from "../components/distribute-choice.tsx";
import { Failure } from "../components/notice.tsx";
import { StatusPill } from "../components/status-pill.tsx";
import { TextEditor } from "../components/text-editor.tsx";
import { useTitle } from "../components/title.ts";
import { mayLose } from "../components/unsaved.ts";
import { useWriteQuestion } from "../components/write-question.tsx";
import { FileList } from "../files/file-list.tsx";
import type { EntryActions } from "../files/file-row.tsx";
import { joinPath, type Place, usePlace } from "../files/place.ts";
import { PlaceBar } from "../files/place-bar.tsx";
import { SyncSilence } from "../files/sync-silence.tsx";
import { writeFile } from "../write-file.ts";
import { useInstance } from "./instance-pages.tsx";

export function FilesPage() {
  const instance = useInstance();
  const { id } = instance;
  const [place, go] = usePlace();
  const { area, path } = place;
  const client = useQueryClient();
  const [editing, setEditing] = useState<{ readonly area: string; readonly path: string } | null>(null);
  const unsaved = useRef(false);
  const { ask, question } = useWriteQuestion();
  const chooser = useRef<HTMLInputElement>(null);
  useTitle(`Files of ${instance.name}`);

  const edit = (next: typeof editing) => {
    if (editing !== null && !mayLose(unsaved.current, editing.path)) return false;
    unsaved.current = false;
    setEditing(next);
    return true;
  };
  /** To another folder; what is being edited is put away first. */
  const goTo = (next: Partial<Place>) => {
    if (!edit(null)) return;
    go({ find: "", ...next });
    window.scrollTo(0, 0);
  };
  const act = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () => client.invalidateQueries({ queryKey: ["files", id] }),
  });
  const newFolder = () => {
    const name = prompt("Name of the new folder");
    if (name) act.mutate(() => post(`/api/instances/${id}/folder`, { area, path: joinPath(path, name) }, z.object({})));
  };
  const rename = (from: string) => {
    const to = prompt("New name, or a path from the top", from);
    if (!to || to === from) return;
    act.mutate(() => post(`/api/instances/${id}/move`, { area, from, to }, z.object({})));
  };
  const remove = ({ name, kind }: FileEntry) => {
    if (!confirm(`Delete ${name}${kind === "folder" ? " and everything in it" : ""}?`)) return;
    act.mutate(() => post(`/api/instances/${id}/delete`, { area, path: joinPath(path, name) }, z.object({})));
  };
  const upload = (files: Iterable<File>) => {
    act.mutate(async () => {
      for (const file of files) {
        await writeFile({ instanceId: id, area, path: joinPath(path, file.name) }, file, null, ask);
      }
    });
  };
  const at = ({ name }: FileEntry) => joinPath(path, name);
  const does: EntryActions = {
    open: (entry) => goTo({ path: at(entry) }),
    edit: (entry) => edit({ area, path: at(entry) }),
    rename: (entry) => rename(at(entry)),
    remove,
    address: (entry) => fileAddress(id, area, at(entry)),
    chosenAs: (entry) => (area === "workspace" && entry.kind !== "other" ? at(entry) : null),
  };
  const actions = useUnchanging(does);

  return (
    <DistributeChoice>
      <div className="row">
        <h1>Files</h1>
        {area === "workspace" && <StatusPill instance={instance} />}
      </div>
      <PlaceBar place={place} goTo={goTo} show={go} />
      <div className="row">
        <button type="button" className="primary" onClick={() => chooser.current?.click()} disabled={act.isPending}>
          {act.isPending ? "Working" : "Upload"}
        </button>
        <button type="button" onClick={newFolder}>
          New folder
        </button>
        {area === "workspace" && <DistributeWay instanceId={id} />}
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label="Files to upload"
          onChange={(event) => {
            upload([...(event.target.files ?? [])]);
            event.target.value = "";
          }}
        />
      </div>
      <Failure error={act.error} />
      {editing !== null && (
        <TextEditor
          key={`${editing.area} ${editing.path}`}
          instanceId={id}
          {...editing}
          onUnsaved={(now) => {
            unsaved.current = now;
          }}
          onClose={() => {
            unsaved.current = false;
            setEditing(null);
            void client.invalidateQueries({ queryKey: ["files", id] });
          }}
        />
      )}
      {question}
      <SyncSilence instance={instance} area={area} />
      <FileList
        key={[area, path, place.hidden, place.find].join("\n")}
        instanceId={id}
        place={place}
        actions={actions}
      />
    </DistributeChoice>
  );
}

/** The same functions at each rendering, which do what the latest ones do: rows need not be rendered anew for them. */
function useUnchanging(latest: EntryActions): EntryActions {
  const now = useRef(latest);
  now.current = latest;
  return useMemo(
    () => ({
      open: (entry) => now.current.open(entry),
      edit: (entry) => now.current.edit(entry),
      rename: (entry) => now.current.rename(entry),
      remove: (entry) => now.current.remove(entry),
      address: (entry) => now.current.address(entry),
      chosenAs: (entry) => now.current.chosenAs(entry),
    }),
    [],
  );
}

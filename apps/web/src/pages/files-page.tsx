import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FileEntry, LARGEST_EDITED_TEXT } from "@twinfold/api";
import { useRef, useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { z } from "zod";
import { fileAddress, post } from "../api.ts";
import { useDistributeChoice } from "../components/distribute-choice.tsx";
import { EmptyState, Failure } from "../components/notice.tsx";
import { StatusPill } from "../components/status-pill.tsx";
import { TextEditor } from "../components/text-editor.tsx";
import { useTitle } from "../components/title.ts";
import { mayLose } from "../components/unsaved.ts";
import { useWriteQuestion } from "../components/write-question.tsx";
import { useInstances, useListing } from "../queries.ts";
import { agoInWords, bytesInWords } from "../words.ts";
import { writeFile } from "../write-file.ts";

const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

export function FilesPage() {
  const { id = "" } = useParams();
  const [search, setSearch] = useSearchParams();
  const area = search.get("area") === "personal" ? "personal" : "workspace";
  const path = search.get("path") ?? "";
  const hidden = search.get("hidden") === "1";
  const instance = useInstances().data?.find((one) => one.id === id);
  const listing = useListing(id, area, path);
  const client = useQueryClient();
  const [editing, setEditing] = useState<{ readonly area: string; readonly path: string } | null>(null);
  const unsaved = useRef(false);
  const { ask, question } = useWriteQuestion();
  const choice = useDistributeChoice(id);
  const chooser = useRef<HTMLInputElement>(null);
  useTitle(`Files of ${instance?.name ?? "an instance"}`);

  const go = (next: Partial<{ area: string; path: string; hidden: string }>) => {
    const wanted = { area, path, hidden: hidden ? "1" : "", ...next };
    setSearch(Object.entries(wanted).filter(([, value]) => value !== ""));
  };
  const edit = (next: typeof editing) => {
    if (editing !== null && !mayLose(unsaved.current, editing.path)) return false;
    unsaved.current = false;
    setEditing(next);
    return true;
  };
  /** To another folder; what is being edited is put away first. */
  const goTo = (next: Partial<{ area: string; path: string }>) => {
    if (edit(null)) go(next);
  };
  const act = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () => client.invalidateQueries({ queryKey: ["files", id] }),
  });
  const newFolder = () => {
    const name = prompt("Name of the new folder");
    if (name) act.mutate(() => post(`/api/instances/${id}/folder`, { area, path: join(path, name) }, z.object({})));
  };
  const rename = (entry: FileEntry) => {
    const name = prompt("New name, or a path from the top", join(path, entry.name));
    if (!name || name === join(path, entry.name)) return;
    act.mutate(() => post(`/api/instances/${id}/move`, { area, from: join(path, entry.name), to: name }, z.object({})));
  };
  const remove = (entry: FileEntry) => {
    if (!confirm(`Delete ${entry.name}${entry.kind === "folder" ? " and everything in it" : ""}?`)) return;
    act.mutate(() => post(`/api/instances/${id}/delete`, { area, path: join(path, entry.name) }, z.object({})));
  };
  const upload = (files: Iterable<File>) => {
    act.mutate(async () => {
      for (const file of files) {
        await writeFile({ instanceId: id, area, path: join(path, file.name) }, file, null, ask);
      }
    });
  };

  const entries = listing.data?.entries.filter((entry) => hidden || !entry.name.startsWith("."));
  const crumbs = path === "" ? [] : path.split("/");
  return (
    <>
      <div className="row">
        <h1>Files</h1>
        {instance !== undefined && area === "workspace" && <StatusPill instance={instance} />}
      </div>
      <div className="row">
        <fieldset className="tabs">
          <legend className="visually-hidden">Area</legend>
          {(["workspace", "personal"] as const).map((one) => (
            <button key={one} type="button" aria-pressed={area === one} onClick={() => goTo({ area: one, path: "" })}>
              {one === "workspace" ? "Workspace" : "Personal"}
            </button>
          ))}
        </fieldset>
        <label className="check">
          <input
            type="checkbox"
            checked={hidden}
            onChange={(event) => go({ hidden: event.target.checked ? "1" : "" })}
          />{" "}
          Show hidden files
        </label>
      </div>
      <nav aria-label="Folder" className="crumbs">
        <button type="button" className="link" onClick={() => goTo({ path: "" })}>
          {area === "workspace" ? "/files" : "~"}
        </button>
        {crumbs.map((name, index) => (
          <span key={crumbs.slice(0, index + 1).join("/")}>
            {" / "}
            <button type="button" className="link" onClick={() => goTo({ path: crumbs.slice(0, index + 1).join("/") })}>
              {name}
            </button>
          </span>
        ))}
      </nav>
      <div className="row">
        <button type="button" className="primary" onClick={() => chooser.current?.click()} disabled={act.isPending}>
          {act.isPending ? "Working" : "Upload"}
        </button>
        <button type="button" onClick={newFolder}>
          New folder
        </button>
        {area === "workspace" && choice.way}
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
      <Failure error={listing.error ?? act.error} />
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
      {listing.isPending && <p className="quiet">Listing the files.</p>}
      {entries?.length === 0 && listing.error === null && (
        <EmptyState title="Nothing here yet">
          <p>Upload a file, or make one in a terminal under {area === "workspace" ? "/files" : "your home"}.</p>
        </EmptyState>
      )}
      {entries !== undefined && entries.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>Size</th>
              <th>Changed</th>
              <th>
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.name}>
                <td>
                  {area === "workspace" && entry.kind !== "other" && choice.box(join(path, entry.name))}
                  {entry.kind === "folder" ? (
                    <button type="button" className="link" onClick={() => goTo({ path: join(path, entry.name) })}>
                      {entry.name}/
                    </button>
                  ) : (
                    entry.name
                  )}
                </td>
                <td>{entry.kind === "file" ? bytesInWords(entry.size) : ""}</td>
                <td>
                  <time title={new Date(entry.mtime * 1000).toLocaleString()}>
                    {agoInWords(new Date(entry.mtime * 1000))}
                  </time>
                </td>
                <td className="actions">
                  {entry.kind === "file" && entry.size <= LARGEST_EDITED_TEXT && (
                    <button type="button" className="link" onClick={() => edit({ area, path: join(path, entry.name) })}>
                      Edit
                    </button>
                  )}
                  {entry.kind === "file" && <a href={fileAddress(id, area, join(path, entry.name))}>Download</a>}
                  <button type="button" className="link" onClick={() => rename(entry)}>
                    Rename
                  </button>
                  <button type="button" className="link" onClick={() => remove(entry)}>
                    Delete
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

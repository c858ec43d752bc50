import { useQueryClient } from "@tanstack/react-query";
import type { FileEntry, Instance } from "@twinfold/api";
import { useMemo, useRef } from "react";
import { fileAddress, zipAddress } from "../api.ts";
import { DistributeChoice, DistributeWay } from "../components/distribute-choice.tsx";
import { Failure } from "../components/notice.tsx";
import { StatusPill, settingsAddress } from "../components/status-pill.tsx";
import { TextEditor } from "../components/text-editor.tsx";
import { useTitle } from "../components/title.ts";
import { useWriteQuestion } from "../components/write-question.tsx";
import { DoneNotice, RecentlyDeleted } from "../files/deleted.tsx";
import { FileList } from "../files/file-list.tsx";
import type { EntryActions } from "../files/file-row.tsx";
import { FileNameQuestion } from "../files/name-questions.tsx";
import { joinPath, type Place, usePlace } from "../files/place.ts";
import { PlaceBar } from "../files/place-bar.tsx";
import { PreviewDialog } from "../files/preview-dialog.tsx";
import { SyncSilence } from "../files/sync-silence.tsx";
import { TextDifference } from "../files/text-difference.tsx";
import { UnfinishedUploads } from "../files/unfinished-uploads.tsx";
import { UploadBar, UploadDone, UploadRunning } from "../files/upload-bar.tsx";
import { useEditing } from "../files/use-editing.ts";
import { useFileChanges } from "../files/use-file-changes.ts";
import { useUpload } from "../files/use-upload.ts";
import { useInstance } from "./instance-pages.tsx";

export function FilesPage() {
  const instance = useInstance();
  return <FilesOf key={instance.id} instance={instance} />;
}

function FilesOf({ instance }: { readonly instance: Instance }) {
  const { id } = instance;
  const [place, go] = usePlace();
  const { area, path } = place;
  const mayChange = area === "personal" || instance.role === "editor";
  const client = useQueryClient();
  const { edited, mayLeave, noteUnsaved } = useEditing(place, go);
  // Who may not change what a link would let her edit looks at it.
  const looked = place.view || (mayChange ? "" : place.edit);
  const { askForMany, question } = useWriteQuestion();
  const uploads = useUpload(id);
  const changes = useFileChanges(id, area);
  const { done, wish } = changes;
  useTitle(`Files of ${instance.name}`);

  /** To another folder; what is being edited is put away first. */
  const goTo = (next: Partial<Place>) => {
    if (!mayLeave()) return;
    if (next.area !== undefined && next.area !== area) changes.forgetNotice();
    go({ find: "", edit: "", ...next });
    window.scrollTo(0, 0);
  };
  const at = ({ name }: FileEntry) => joinPath(path, name);
  const actions = useUnchanging({
    mayChange,
    isPaused: instance.sync.state === "paused",
    open: (entry) => goTo({ path: at(entry) }),
    edit: ({ name }) => mayLeave() && go({ edit: name }),
    look: ({ name }) => go({ view: name }),
    compare: ({ name }) => go({ compare: name }),
    rename: (entry) => changes.askName({ kind: "rename", path: at(entry) }),
    remove: (entry) => changes.remove.mutate(at(entry)),
    address: (entry) => (entry.kind === "folder" ? zipAddress : fileAddress)(id, area, at(entry)),
    settledAt: (entry) =>
      settingsAddress(id, entry.sync?.state === "conflict" && entry.kind !== "folder" ? at(entry) : null),
    chosenAs: (entry) => (area === "workspace" && entry.kind !== "other" ? at(entry) : null),
  });

  const way = area === "workspace" ? <DistributeWay instanceId={id} /> : null;
  return (
    <DistributeChoice>
      <div className="row">
        <h1>Files</h1>
        {area === "workspace" && <StatusPill instance={instance} />}
      </div>
      <PlaceBar place={place} goTo={goTo} show={go} />
      {mayChange && (
        <UploadBar
          into={`${area === "workspace" ? "/files" : "~"}${path === "" ? "" : `/${path}`}`}
          onChosen={(chosen) => uploads.upload(area, path, chosen, askForMany())}
        >
          <button type="button" onClick={() => changes.askName({ kind: "new folder" })}>
            New folder
          </button>
          {way}
        </UploadBar>
      )}
      {!mayChange && way !== null && <div className="row">{way}</div>}
      {uploads.progress !== null && <UploadRunning progress={uploads.progress} onStop={uploads.stop} />}
      {uploads.outcome !== null && <UploadDone outcome={uploads.outcome} onClose={uploads.dismiss} />}
      {mayChange && uploads.progress === null && uploads.outcome === null && (
        <UnfinishedUploads instanceId={id} area={area} folder={path} goTo={(folder) => goTo({ path: folder })} />
      )}
      {done !== null && (
        <DoneNotice
          done={done}
          busy={changes.takeBack.isPending}
          onUndo={() => changes.takeBack.mutate(done)}
          onClose={changes.forgetNotice}
        />
      )}
      <Failure error={changes.remove.error ?? changes.takeBack.error} />
      {edited !== null && mayChange && (
        <TextEditor
          key={`${edited.area} ${edited.path}`}
          instanceId={id}
          {...edited}
          onUnsaved={noteUnsaved}
          onClose={() => {
            go({ edit: "" });
            void client.invalidateQueries({ queryKey: ["files", id] });
          }}
        />
      )}
      {question}
      {wish !== null && (
        <FileNameQuestion
          wish={wish}
          folder={path}
          busy={changes.name.isPending}
          error={changes.name.error}
          onPath={(to) => changes.name.mutate({ wish, path: to })}
          onNo={() => changes.askName(null)}
        />
      )}
      {looked !== "" && (
        <PreviewDialog
          instanceId={id}
          area={area}
          path={joinPath(path, looked)}
          onClose={() => go(mayChange ? { view: "" } : { view: "", edit: "" })}
        />
      )}
      {place.compare !== "" && (
        <TextDifference instanceId={id} path={joinPath(path, place.compare)} onClose={() => go({ compare: "" })} />
      )}
      <SyncSilence instance={instance} area={area} />
      <FileList
        key={[area, path, place.hidden, place.find].join("\n")}
        instanceId={id}
        place={place}
        actions={actions}
      />
      <RecentlyDeleted instanceId={id} area={area} mayChange={mayChange} act={changes.takeBack} />
    </DistributeChoice>
  );
}

/** The same functions at each rendering, which do what the latest ones do: rows need not be rendered anew for them. */
function useUnchanging(latest: EntryActions): EntryActions {
  const now = useRef(latest);
  now.current = latest;
  const { mayChange, isPaused } = latest;
  return useMemo(
    () => ({
      mayChange,
      isPaused,
      open: (entry) => now.current.open(entry),
      edit: (entry) => now.current.edit(entry),
      look: (entry) => now.current.look(entry),
      compare: (entry) => now.current.compare(entry),
      rename: (entry) => now.current.rename(entry),
      remove: (entry) => now.current.remove(entry),
      address: (entry) => now.current.address(entry),
      settledAt: (entry) => now.current.settledAt(entry),
      chosenAs: (entry) => now.current.chosenAs(entry),
    }),
    [mayChange, isPaused],
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Instance, syncDetails } from "@twinfold/api";
import { useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";
import { post } from "../api.ts";
import { useSyncDetails } from "../queries.ts";
import { countInWords, instanceInWords } from "../words.ts";
import { AlwaysOn } from "./always-on.tsx";
import { Conflicts } from "./conflicts.tsx";
import { ListedItems } from "./listed-items.tsx";
import { Failure } from "./notice.tsx";
import { StatusDetails, syncAnchor } from "./status-pill.tsx";

/** How an instance's sync stands, when it is to run, and what waits for its user's word. */
export function InstanceSync({ instance }: { readonly instance: Instance }) {
  const details = useSyncDetails(instance.id);
  const client = useQueryClient();
  const command = useMutation({
    // One word after the other, as they were said.
    scope: { id: `sync of ${instance.id}` },
    mutationFn: (word: string) => post(`/api/instances/${instance.id}/sync`, { command: word }, syncDetails),
    onSettled: () => client.invalidateQueries({ queryKey: ["instances"] }),
  });
  const { sync } = instance;
  // What runs tells it itself, and sooner; of what does not run, only the instance knows it.
  const paused =
    sync.state === "paused" || (instance.paused && sync.state !== "up to date" && sync.state !== "syncing");
  // The switch turns at once; that it is paused is said only when it is: she may be waiting for it to change a file.
  const asked = command.isPending ? command.variables : null;
  const isOff = asked === "pause" || (paused && asked !== "resume");
  const named = instanceInWords(instance);
  const card = useCalledFor(syncAnchor(instance.id));
  return (
    <section className="card" id={syncAnchor(instance.id)} ref={card} tabIndex={-1}>
      <h2>
        {instance.name} <span className="quiet path">{instance.remotePath}</span>
      </h2>
      <StatusDetails status={sync} />
      <Failure error={command.error} />
      {asked === "pause" && !paused && <p className="quiet">Pausing: what is under way may still be done.</p>}
      {paused && sync.state !== "paused" && <p>It is paused: nothing is synced until you resume, whatever runs.</p>}
      <AlwaysOn instance={instance} named={named} />
      {instance.applications.length === 0 && !instance.alwaysOn && instance.role === "editor" && (
        <p>
          <Link to={`/instances/${instance.id}/applications`}>Start an application</Link>
        </p>
      )}
      <div className="row">
        <button type="button" onClick={() => command.mutate(isOff ? "resume" : "pause")}>
          {isOff ? "Resume" : "Pause"}
          <span className="visually-hidden"> the sync of {named}</span>
        </button>
        {sync.held > 0 && !sync.folderGone && (
          <>
            <button type="button" onClick={() => command.mutate("apply held")}>
              Apply {countInWords(sync.held, "deletion")}
            </button>
            <button type="button" onClick={() => command.mutate("bring back held")}>
              Bring the files back
            </button>
          </>
        )}
        {sync.folderGone && (
          <>
            <button type="button" onClick={() => command.mutate("apply held")}>
              {instance.role === "viewer" ? "Leave it so" : "Delete the files here too"}
            </button>
            <button type="button" onClick={() => command.mutate("bring back held")}>
              Bring the folder back
            </button>
          </>
        )}
      </div>
      <ListedItems
        title="Deletions that wait for your word"
        items={(details.data?.held ?? []).map(({ path, side }) => [
          path,
          side === "remote" ? "deleted here, still in Dropbox" : "deleted in Dropbox, still here",
        ])}
        of={sync.held}
      />
      <Conflicts instance={instance} conflicts={details.data?.conflicts ?? []} />
      <ListedItems
        title="Not synced"
        items={(details.data?.notSynced ?? []).map(({ path, reason, fix }) => [
          path,
          fix === null ? reason : `${reason.replace(/[.]$/, "")}. ${fix.sentence}`,
        ])}
        of={sync.notSynced}
      />
    </section>
  );
}

/** Brought into view, and to the keyboard, when a link names it. @returns what to put on the element */
function useCalledFor(anchor: string) {
  const element = useRef<HTMLElement>(null);
  const { hash, key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` changes when the same link is followed again
  useEffect(() => {
    // Something in it may have been called for, and be there already.
    if (hash === `#${anchor}` && element.current?.contains(document.activeElement) === false) element.current.focus();
  }, [anchor, hash, key]);
  return element;
}

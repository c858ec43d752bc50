import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Strategy } from "@twinfold/api";
import { type FormEvent, useRef, useState } from "react";
import { Link, useLocation, useSearchParams } from "react-router";
import { z } from "zod";
import { post } from "../api.ts";
import { DistributionResult } from "../components/distribution-results.tsx";
import { Moment } from "../components/moment.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { PathPicker } from "../components/path-picker.tsx";
import { StrategyChoice } from "../components/strategy-choice.tsx";
import { TargetChoice } from "../components/target-choice.tsx";
import { useTitle } from "../components/title.ts";
import { useDistributions } from "../distribution-queries.ts";
import { useInstances, useSnapshots } from "../queries.ts";
import { countInWords } from "../words.ts";
import { useInstance } from "./instance-pages.tsx";

/** What was chosen on the page before this one. */
const arrival = z.object({ paths: z.array(z.string()) });

export function DistributePage() {
  const { id, name } = useInstance();
  useTitle(`Distribute from ${name}`);
  const [search] = useSearchParams();
  const snapshotId = search.get("snapshot");
  const chosenBefore = arrival.safeParse(useLocation().state).data?.paths ?? [];
  const [paths, setPaths] = useState<readonly string[]>(chosenBefore);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [strategy, setStrategy] = useState<Strategy>("overwrite");
  const [notify, setNotify] = useState(false);
  const results = useRef<HTMLHeadingElement>(null);
  const client = useQueryClient();
  const list = useDistributions(id);
  const editable = useInstances().data?.filter(({ role }) => role === "editor") ?? [];
  // A snapshot's files are not those that are there now: part of it may come back to where it was taken.
  const targets = editable.filter((one) => snapshotId !== null || one.id !== id);
  const wanted = chosen.filter((one) => targets.some((target) => target.id === one));
  const distribute = useMutation({
    mutationFn: () =>
      post(
        `/api/instances/${id}/distributions`,
        { paths, targets: wanted, strategy, notify, ...(snapshotId === null ? {} : { snapshotId }) },
        z.object({ id: z.string() }),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["distributions", id] });
      results.current?.focus();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    distribute.mutate();
  };
  const missing =
    paths.length === 0 ? "Put something on the stage first." : wanted.length === 0 ? "Choose a target." : "";
  return (
    <>
      <h1>Distribute</h1>
      <p>
        Copies files of {name} to other instances. Linked Dropboxes there follow by themselves, applications run on, and
        you can undo it, target by target.
      </p>
      {snapshotId !== null && <FromSnapshot instanceId={id} snapshotId={snapshotId} />}
      <form onSubmit={submit}>
        <section className="card" aria-labelledby="stage">
          <h2 id="stage">Stage</h2>
          {paths.length === 0 ? (
            <p className="quiet">Nothing is on the stage yet: choose files and folders here, or on the Files page.</p>
          ) : (
            <ul className="stage">
              {paths.map((path) => (
                <li key={path}>
                  <code>{path}</code>{" "}
                  <button
                    type="button"
                    className="link"
                    aria-label={`Take off ${path}`}
                    onClick={() => setPaths(paths.filter((one) => one !== path))}
                  >
                    Take off
                  </button>
                </li>
              ))}
            </ul>
          )}
          <details open={chosenBefore.length === 0}>
            <summary>Choose files and folders</summary>
            <PathPicker key={snapshotId} instanceId={id} snapshotId={snapshotId} chosen={paths} onChange={setPaths} />
          </details>
        </section>
        <section className="card" aria-labelledby="targets">
          <h2 id="targets">Targets</h2>
          {targets.length === 0 ? (
            <p className="quiet">
              There is no other instance that you may change: ask a space administrator for the editor's role in one.
            </p>
          ) : (
            <TargetChoice instances={targets} chosen={wanted} onChange={setChosen} />
          )}
        </section>
        <section className="card" aria-labelledby="strategy">
          <h2 id="strategy">Strategy</h2>
          <StrategyChoice value={strategy} onChange={setStrategy} />
          <label className="check">
            <input type="checkbox" checked={notify} onChange={({ target }) => setNotify(target.checked)} /> Tell the
            members of the targets
          </label>
        </section>
        <Failure error={distribute.error} />
        <div className="row">
          <button type="submit" className="primary" disabled={missing !== "" || distribute.isPending}>
            {distribute.isPending
              ? "Putting it on the stage"
              : wanted.length === 0
                ? "Distribute"
                : `Distribute to ${countInWords(wanted.length, "instance")}`}
          </button>
          <span className="quiet">{missing}</span>
        </div>
      </form>
      <Failure error={list.error} />
      {list.data !== undefined && list.data.distributions.length > 0 && (
        <section aria-labelledby="results">
          <h2 id="results" className="results-title" ref={results} tabIndex={-1}>
            What was distributed from here
          </h2>
          {list.data.distributions.map((one) => (
            <DistributionResult key={one.id} instanceId={id} of={one} />
          ))}
        </section>
      )}
    </>
  );
}

function FromSnapshot({ instanceId, snapshotId }: { readonly instanceId: string; readonly snapshotId: string }) {
  const list = useSnapshots(instanceId, false);
  if (list.data === undefined) return null;
  const one = list.data.snapshots.find((snapshot) => snapshot.id === snapshotId);
  const files = <Link to={`/instances/${instanceId}/distribute`}>Distribute files as they are now</Link>;
  if (one === undefined)
    return <Notice tone="bad">There is no such snapshot: it may have been deleted. {files} instead.</Notice>;
  return (
    <Notice tone="good">
      Files are taken from the snapshot {one.note !== "" && `"${one.note}" `}of <Moment at={one.takenAt} />, as they
      were then. {files} instead.
    </Notice>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import {
  type Distribution,
  type DistributionOutcome,
  type DistributionTarget,
  distributionUndone,
  distributionUndoneInAll,
  STRATEGY_NAMES,
  type TargetState,
} from "@twinfold/api";
import { post } from "../api.ts";
import { countInWords, pathsInWords } from "../words.ts";
import { Moment } from "./moment.tsx";
import { NamedPaths } from "./named-paths.tsx";
import { Failure, Notice } from "./notice.tsx";

const STATES: Readonly<Record<TargetState, { readonly word: string; readonly tone: string }>> = {
  waiting: { word: "waits for its turn", tone: "quiet" },
  working: { word: "under way", tone: "busy" },
  done: { word: "done", tone: "good" },
  skipped: { word: "skipped", tone: "quiet" },
  failed: { word: "failed", tone: "bad" },
  undone: { word: "undone", tone: "quiet" },
};

/** What became of a distribution, target by target. */
export function DistributionResult({ instanceId, of }: { readonly instanceId: string; readonly of: Distribution }) {
  const title = pathsInWords(of.paths);
  const client = useQueryClient();
  const undoAll = useMutation({
    mutationFn: () => post(`/api/instances/${instanceId}/distributions/${of.id}/undo`, {}, distributionUndoneInAll),
    onSettled: () => client.invalidateQueries({ queryKey: ["distributions"] }),
  });
  const problems = new Map(undoAll.data?.targets.map((target) => [target.instanceId, target.problem]));
  const undoable = of.targets.filter((target) => target.undoable);
  return (
    <article className="card" aria-label={`Distribution of ${title}`}>
      <h3>{title}</h3>
      <p className="quiet">
        <Moment at={of.begunAt} />, {STRATEGY_NAMES[of.strategy]}
        {of.links > 0 && `; ${countInWords(of.links, "symbolic link")} left out: links are never distributed`}
      </p>
      <ul className="results">
        {of.targets.map((target) => (
          <Target
            key={target.instanceId}
            {...{ instanceId, target }}
            distributionId={of.id}
            busy={undoAll.isPending}
            problem={problems.get(target.instanceId) ?? null}
          />
        ))}
      </ul>
      <Failure error={undoAll.error} />
      {undoable.length > 1 && (
        <div className="row">
          <button type="button" onClick={() => undoAll.mutate()} disabled={undoAll.isPending}>
            {undoAll.isPending ? "Undoing for all" : "Undo for all"}
          </button>
          <span className="quiet">
            In {undoable.length.toLocaleString("en")} instances. Stops the applications there; what was changed since
            stays.
          </span>
        </div>
      )}
    </article>
  );
}

function Target(props: {
  readonly instanceId: string;
  readonly distributionId: string;
  readonly target: DistributionTarget;
  /** It is being undone in all of them. */
  readonly busy: boolean;
  /** Why that was not done here. */
  readonly problem: string | null;
}) {
  const { target, busy, problem } = props;
  const name = target.where ?? "An instance that you are not in any more";
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: () =>
      post(
        `/api/instances/${props.instanceId}/distributions/${props.distributionId}/undo`,
        { targetId: target.instanceId },
        distributionUndone,
      ),
    onSettled: () => client.invalidateQueries({ queryKey: ["distributions"] }),
  });
  const { word, tone } = STATES[target.state];
  return (
    <li aria-label={name}>
      <p>
        <b>{name}</b> <span className={`pill pill-${tone}`}>{word}</span>
      </p>
      {target.message !== null && <p>{target.message}</p>}
      {target.outcome !== null && target.state === "done" && <Outcome of={target.outcome} />}
      <Failure error={undo.error} />
      {problem !== null && target.undoable && undo.error === null && (
        <Notice tone="bad">It could not be undone here: {problem}</Notice>
      )}
      {target.undoable && (
        <div className="row">
          <button
            type="button"
            onClick={() => undo.mutate()}
            disabled={undo.isPending || busy}
            aria-label={`Undo in ${name}`}
          >
            {undo.isPending ? "Undoing" : "Undo"}
          </button>
          <span className="quiet">Stops the applications there. What was changed since stays.</span>
        </div>
      )}
    </li>
  );
}

function Outcome({ of: outcome }: { readonly of: DistributionOutcome }) {
  const { copied, replaced, removed, left, failed, same } = outcome;
  const counts = [
    [copied.count, "copied"],
    [replaced.count, "replaced"],
    [removed.count, "removed"],
    [same, "the same already"],
    [left.count, "left as it is"],
    [failed.count, "failed"],
  ] as const;
  const words = counts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString("en")} ${what}`);
  const lists = [
    ["Failed", failed],
    ["Left as it is", left],
    ["Copied", copied],
    ["Replaced", replaced],
    ["Removed", removed],
  ] as const;
  return (
    <>
      <p>{words.length === 0 ? "Nothing was to be done." : `${words.join(", ")}.`}</p>
      {lists.map(([title, of]) =>
        of.count === 0 ? null : (
          // What somebody may want to do something about is there to be seen.
          <details key={title} open={title === "Failed" || title === "Left as it is"}>
            <summary>{title}</summary>
            <NamedPaths of={of} />
          </details>
        ),
      )}
    </>
  );
}

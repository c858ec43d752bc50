import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Undo } from "@twinfold/api";
import { z } from "zod";
import { post } from "../api.ts";
import { countInWords } from "../words.ts";
import { Failure, Notice } from "./notice.tsx";

/** How far an undo is, or what has become of it, until its user puts it away. */
export function UndoNotice({ instanceId, of }: { readonly instanceId: string; readonly of: Undo }) {
  const client = useQueryClient();
  const putAway = useMutation({
    mutationFn: () => post(`/api/instances/${instanceId}/undos/${of.id}/put-away`, {}, z.object({})),
    onSettled: () => client.invalidateQueries({ queryKey: ["undos", instanceId] }),
  });
  if (of.state === "running") return <Running of={of} />;
  const { beside, missed } = of;
  return (
    <Notice tone={of.state === "failed" || missed.count > 0 ? "warn" : "good"}>
      {of.state === "failed" && (
        <p>
          Bringing back {of.path} was cut short: {of.message} Choose <b>Undo</b> there again to go on with the rest.
        </p>
      )}
      <Back of={of} />
      {beside.files.map(({ path, as }) => (
        <p key={path}>
          {path} was changed since, and stays: the old version is beside it as <code>{as}</code>.
        </p>
      ))}
      <More of={beside} what="brought back beside what was changed since" />
      {missed.files.map(({ path, why }) => (
        <p key={path}>
          {path} could not be brought back: {why}
        </p>
      ))}
      <More of={missed} what="not brought back" />
      <Failure error={putAway.error} />
      <button
        type="button"
        className="link"
        aria-label={`Dismiss what became of the undo of ${of.path}`}
        onClick={() => putAway.mutate()}
        disabled={putAway.isPending}
      >
        Dismiss
      </button>
    </Notice>
  );
}

function Running({ of }: { readonly of: Undo }) {
  const { path, total, inPlace, asBefore, beside, missed } = of;
  const back = inPlace + asBefore + beside.count;
  return (
    <section className="card" aria-label={`Undo of ${path}`}>
      <h2>Bringing back {path}</h2>
      <p>
        {total > 1 ? `${back.toLocaleString("en")} of ${countInWords(total, "file")} are back.` : "It is on its way."}
        {missed.count > 0 && ` ${countInWords(missed.count, "file")} could not be brought back so far.`}
      </p>
      {total > 1 && <progress value={back + missed.count} max={total} aria-label={`Progress of the undo of ${path}`} />}
      <p className="quiet">It goes on by itself: you may close this page.</p>
    </section>
  );
}

/** What is where it was. */
function Back({ of }: { readonly of: Undo }) {
  const { path, state, total, beside, missed } = of;
  const back = of.inPlace + of.asBefore;
  if (total > 1 && (back > 0 || state === "failed"))
    return (
      <p>
        {back < total ? `${back.toLocaleString("en")} of ${countInWords(total, "file")}` : countInWords(total, "file")}{" "}
        in {path} {back === 1 ? "is as it was" : "are as they were"}.
      </p>
    );
  return state === "done" && beside.count + missed.count === 0 ? <p>{path} is as it was.</p> : null;
}

function More(props: {
  readonly of: { readonly count: number; readonly files: readonly unknown[] };
  readonly what: string;
}) {
  const more = props.of.count - props.of.files.length;
  return more > 0 ? (
    <p>
      And {countInWords(more, "more file")} {props.what}.
    </p>
  ) : null;
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type ApplicationKind,
  application,
  applicationOutput,
  type Instance,
  openApplicationPath,
  TERMINAL,
} from "@twinfold/api";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { z } from "zod";
import { get, post } from "../api.ts";
import { IdleNotice } from "./idle-notice.tsx";
import { Moment } from "./moment.tsx";
import { Failure, Notice } from "./notice.tsx";

/** One kind of application in an instance: started, opened and stopped, and why it ended if it did so by itself. */
export function ApplicationCard({ instance, of }: { readonly instance: Instance; readonly of: ApplicationKind }) {
  const { id } = instance;
  const { kind } = of;
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => client.invalidateQueries({ queryKey: ["instances"] });
  const start = useMutation({
    mutationFn: () => post(`/api/instances/${id}/application`, { kind }, application),
    onSuccess: async () => {
      await refresh();
      if (kind === TERMINAL) navigate(`/instances/${id}/terminal`);
    },
  });
  const stop = useMutation({
    mutationFn: (applicationId: string) => post(`/api/applications/${applicationId}/stop`, {}, z.object({})),
    onSettled: refresh,
  });
  const running = instance.applications.find((one) => one.kind === kind);
  const ended = instance.ended.find((one) => one.kind === kind);
  return (
    <section className="card">
      <h2>{of.name}</h2>
      <p>{of.description}</p>
      <p className="quiet">{of.surroundings}</p>
      <Failure error={start.error ?? stop.error} />
      {ended !== undefined && (
        <Notice tone="bad">
          <p>
            It ended {ended.signal === 0 ? `with exit code ${ended.exitCode}` : `by signal ${ended.signal}`},{" "}
            <Moment at={ended.endedAt} />.{" "}
            {ended.output === "" ? "It printed nothing." : "What it printed last may say why."}
          </p>
          {ended.output !== "" && <Output text={ended.output} />}
        </Notice>
      )}
      {instance.role === "viewer" ? null : running === undefined ? (
        <button type="button" className="primary" onClick={() => start.mutate()} disabled={start.isPending}>
          {start.isPending ? "Starting" : ended === undefined ? "Start" : "Start again"}
        </button>
      ) : (
        <>
          <IdleNotice application={running} />
          <p>
            Running since <Moment at={running.startedAt} />.
          </p>
          <div className="row">
            {kind === TERMINAL ? (
              <Link className="button primary" to={`/instances/${id}/terminal`}>
                Open
              </Link>
            ) : (
              <a className="button primary" href={openApplicationPath(running)} target="_blank" rel="noreferrer">
                Open <span className="visually-hidden">{of.name} in a new tab</span>
              </a>
            )}
            <button type="button" onClick={() => stop.mutate(running.id)} disabled={stop.isPending}>
              {stop.isPending ? "Stopping: the last changes are synced first" : "Stop"}
            </button>
          </div>
          {kind !== TERMINAL && <LatestOutput applicationId={running.id} />}
        </>
      )}
    </section>
  );
}

function Output({ text }: { readonly text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it, too (WCAG 2.1.1)
    <pre className="output" tabIndex={0} role="log" aria-label="What it printed last">
      {text}
    </pre>
  );
}

/** What a running one has printed lately, asked for while it is looked at. */
function LatestOutput({ applicationId }: { readonly applicationId: string }) {
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery({
    queryKey: ["output", applicationId],
    queryFn: () => get(`/api/applications/${applicationId}/output`, applicationOutput),
    enabled: open,
    refetchInterval: 2_000,
  });
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>What it printed last</summary>
      <Failure error={error} />
      {data !== undefined && <Output text={data.output === "" ? "Nothing yet." : data.output} />}
    </details>
  );
}

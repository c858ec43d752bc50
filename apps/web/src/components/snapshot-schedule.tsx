import { useMutation, useQueryClient } from "@tanstack/react-query";
import { newSchedule, type SnapshotSchedule as Schedule, snapshotSchedule } from "@twinfold/api";
import { type FormEvent, useState } from "react";
import type { z } from "zod";
import { post } from "../api.ts";
import { Failure, Notice } from "./notice.tsx";

type Wanted = z.infer<typeof newSchedule>;

const WORDS: Readonly<Record<Wanted["every"], string>> = { off: "Off", hourly: "Each hour", daily: "Each day" };
const KEPT: readonly [keyof Wanted["keep"], string][] = [
  ["hourly", "hours"],
  ["daily", "days"],
  ["weekly", "weeks"],
];

/** Whether snapshots are taken by themselves, and which of them are kept. */
export function SnapshotSchedule({
  instanceId,
  schedule,
}: {
  readonly instanceId: string;
  readonly schedule: Schedule;
}) {
  const client = useQueryClient();
  const [changed, setChanged] = useState<Wanted | null>(null);
  const wanted = changed ?? { every: schedule.every, keep: schedule.keep };
  const save = useMutation({
    mutationFn: (body: Wanted) => post(`/api/instances/${instanceId}/snapshots/schedule`, body, snapshotSchedule),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["snapshots", instanceId] });
      setChanged(null);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(wanted);
  };
  const valid = newSchedule.safeParse(wanted).success;
  return (
    <details className="card">
      <summary>Automatic snapshots: {WORDS[schedule.every].toLowerCase()}</summary>
      <form onSubmit={submit}>
        <label>
          Take one{" "}
          <select
            value={wanted.every}
            onChange={(event) => setChanged({ ...wanted, every: event.target.value as Wanted["every"] })}
          >
            {Object.entries(WORDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <fieldset className="row counts">
          <legend>Keep the last one of each of the last</legend>
          {KEPT.map(([period, words]) => (
            <label key={period} className="check">
              <input
                type="number"
                min={0}
                max={1000}
                required
                value={wanted.keep[period]}
                onChange={(event) =>
                  setChanged({ ...wanted, keep: { ...wanted.keep, [period]: event.target.valueAsNumber || 0 } })
                }
              />{" "}
              {words}
            </label>
          ))}
        </fieldset>
        <p className="quiet">
          One is taken only where something has changed. Those that people took, and those from before a restore, stay
          until somebody deletes them.
        </p>
        {!valid && <p role="alert">Keep at least one.</p>}
        <Failure error={save.error} />
        <button type="submit" disabled={changed === null || !valid || save.isPending}>
          {save.isPending ? "Saving" : "Save"}
        </button>
      </form>
      {schedule.problem !== null && <Notice tone="warn">The last automatic snapshot: {schedule.problem}</Notice>}
    </details>
  );
}

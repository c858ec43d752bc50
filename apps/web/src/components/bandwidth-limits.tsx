import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type BandwidthPlan, bandwidth, bandwidthPlan, LOWEST_BANDWIDTH, MOST_PERIODS } from "@twinfold/api";
import { type FormEvent, useState } from "react";
import { get, post } from "../api.ts";
import { BandwidthHours, newPeriod } from "./bandwidth-hours.tsx";
import { bandwidthInWords, KB, RateField } from "./bandwidth-rate.tsx";
import { Failure } from "./notice.tsx";

const ADDRESS = "/api/dropbox/bandwidth";
/** Milliseconds: the longest that what holds now is shown without asking anew. */
const ASKED_EVERY = 60 * 60_000;

/** How fast the user's sync may send and fetch, and within which hours otherwise. An empty field is no limit. */
export function BandwidthLimits() {
  const client = useQueryClient();
  const known = useQuery({
    queryKey: ["bandwidth"],
    queryFn: () => get(ADDRESS, bandwidth),
    refetchInterval: ({ state }) => untilNext(state.data?.now.until ?? null),
  });
  const [changed, setChanged] = useState<BandwidthPlan | null>(null);
  const save = useMutation({
    mutationFn: (plan: BandwidthPlan) => post(ADDRESS, plan, bandwidth),
    onSuccess: (saved) => {
      client.setQueryData(["bandwidth"], saved);
      setChanged(null);
    },
  });
  if (known.data === undefined) return <Failure error={known.error} />;
  const { now, ...data } = known.data;
  const wanted = changed ?? data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(wanted);
  };
  const problem = problemOf(wanted);
  const { schedule } = wanted;
  const add = () => {
    const timeZone = schedule?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    setChanged({ ...wanted, schedule: { timeZone, periods: [...(schedule?.periods ?? []), newPeriod()] } });
  };
  return (
    <details className="card">
      <summary>
        Bandwidth: {bandwidthInWords(now)}
        {now.until !== null && data.schedule !== null && `, until ${momentInWords(now.until, data.schedule.timeZone)}`}
      </summary>
      <form onSubmit={submit}>
        <fieldset className="row counts">
          {schedule !== null && <legend>At all other hours</legend>}
          <RateField words="To Dropbox, at most" rate={wanted.up} onChange={(up) => setChanged({ ...wanted, up })} />
          <RateField
            words="From Dropbox, at most"
            rate={wanted.down}
            onChange={(down) => setChanged({ ...wanted, down })}
          />
        </fieldset>
        {schedule !== null && (
          <BandwidthHours schedule={schedule} onChange={(next) => setChanged({ ...wanted, schedule: next })} />
        )}
        <p>
          <button type="button" onClick={add} disabled={(schedule?.periods.length ?? 0) >= MOST_PERIODS}>
            Add hours with other limits
          </button>
        </p>
        <p className="quiet">For all your instances together, from now on; leave a field empty for no limit.</p>
        {problem !== null && <p role="alert">{problem}</p>}
        <Failure error={save.error} />
        <button type="submit" disabled={changed === null || problem !== null || save.isPending}>
          {save.isPending ? "Saving" : "Save"}
        </button>
      </form>
    </details>
  );
}

/** What keeps a plan from being saved. */
function problemOf(plan: BandwidthPlan): string | null {
  const parsed = bandwidthPlan.safeParse(plan);
  if (parsed.success) return null;
  const about = parsed.error.issues[0]?.path.at(-1);
  if (about === "days") return "Choose a day for the hours, or remove them.";
  if (about === "from" || about === "to") return "Hours begin and end at a time, such as 08:00.";
  if (about === "timeZone") return "Choose a time zone that the list has.";
  return `A limit is ${LOWEST_BANDWIDTH / KB} KB/s or more.`;
}

/** `Monday 08:00 (Europe/Paris)`: by the clock that the hours are meant by. */
function momentInWords(at: string, timeZone: string): string {
  const format = { weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone } as const;
  return `${new Intl.DateTimeFormat("en", format).format(new Date(at))} (${timeZone})`;
}

/** Milliseconds until other limits hold. */
function untilNext(until: string | null): number | false {
  if (until === null) return false;
  return Math.min(Math.max(Date.parse(until) - Date.now(), 0) + 1_000, ASKED_EVERY);
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { bandwidthLimits, type BandwidthLimits as Limits, LOWEST_BANDWIDTH } from "@twinfold/api";
import { type FormEvent, useState } from "react";
import { get, post } from "../api.ts";
import { Failure } from "./notice.tsx";

const ADDRESS = "/api/dropbox/bandwidth";
const KB = 1_000;

/** In words for a summary: `100 KB/s`, or that there is none. */
const inWords = (limit: number | null) => (limit === null ? "no limit" : `${(limit / KB).toLocaleString()} KB/s`);

/** How fast the user's sync may send and fetch. An empty field is no limit. */
export function BandwidthLimits() {
  const client = useQueryClient();
  const known = useQuery({ queryKey: ["bandwidth"], queryFn: () => get(ADDRESS, bandwidthLimits) });
  const [changed, setChanged] = useState<Limits | null>(null);
  const save = useMutation({
    mutationFn: (limits: Limits) => post(ADDRESS, limits, bandwidthLimits),
    onSuccess: (saved) => {
      client.setQueryData(["bandwidth"], saved);
      setChanged(null);
    },
  });
  if (known.data === undefined) return <Failure error={known.error} />;
  const { data } = known;
  const wanted = changed ?? data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(wanted);
  };
  const valid = bandwidthLimits.safeParse(wanted).success;
  return (
    <details className="card">
      <summary>
        Bandwidth: up {inWords(data.up)}, down {inWords(data.down)}
      </summary>
      <form onSubmit={submit}>
        <div className="row counts">
          {(["up", "down"] as const).map((way) => (
            <label key={way} className="check">
              {way === "up" ? "To Dropbox, at most" : "From Dropbox, at most"}{" "}
              <input
                type="number"
                min={LOWEST_BANDWIDTH / KB}
                placeholder="no limit"
                value={wanted[way] === null ? "" : wanted[way] / KB}
                onChange={({ target: { value } }) =>
                  setChanged({ ...wanted, [way]: value === "" ? null : Math.round(Number(value) * KB) })
                }
              />{" "}
              KB/s
            </label>
          ))}
        </div>
        <p className="quiet">For all your instances together, from now on; leave a field empty for no limit.</p>
        {!valid && <p role="alert">A limit is {LOWEST_BANDWIDTH / KB} KB/s or more.</p>}
        <Failure error={save.error} />
        <button type="submit" disabled={changed === null || !valid || save.isPending}>
          {save.isPending ? "Saving" : "Save"}
        </button>
      </form>
    </details>
  );
}

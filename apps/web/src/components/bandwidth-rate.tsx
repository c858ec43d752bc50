import { LOWEST_BANDWIDTH } from "@twinfold/api";

export const KB = 1_000;

/** `100 KB/s`, or that there is none. */
const rateInWords = (rate: number | null) => (rate === null ? "no limit" : `${(rate / KB).toLocaleString("en")} KB/s`);

export function bandwidthInWords({ up, down }: { readonly up: number | null; readonly down: number | null }): string {
  return `up ${rateInWords(up)}, down ${rateInWords(down)}`;
}

/** Bytes a second, as KB/s; empty for no limit. */
export function RateField(props: {
  readonly words: string;
  readonly rate: number | null;
  readonly onChange: (rate: number | null) => void;
}) {
  return (
    <label className="check">
      {props.words}{" "}
      <span className="nowrap">
        <input
          type="number"
          min={LOWEST_BANDWIDTH / KB}
          placeholder="no limit"
          value={props.rate === null ? "" : props.rate / KB}
          onChange={({ target: { value } }) => props.onChange(value === "" ? null : Math.round(Number(value) * KB))}
        />{" "}
        KB/s
      </span>
    </label>
  );
}

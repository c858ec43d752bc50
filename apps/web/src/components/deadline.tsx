import { useEffect, useReducer } from "react";
import { untilInWords } from "../words.ts";

/** Milliseconds after which the words are looked at anew: what is near comes nearer while somebody looks. */
const AGAIN = 10_000;

/** In what time something will be, and in its title the time itself. */
export function Deadline({ at }: { readonly at: string }) {
  const [, again] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const timer = window.setInterval(again, AGAIN);
    return () => window.clearInterval(timer);
  }, []);
  return (
    // Off: a notice that it stands in would be read aloud again each minute.
    <time dateTime={at} title={new Date(at).toLocaleString()} aria-live="off">
      {untilInWords(new Date(at))}
    </time>
  );
}

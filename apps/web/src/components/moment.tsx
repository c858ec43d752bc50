import { agoInWords } from "../words.ts";

/** How long ago something was, and in its title the time itself. */
export function Moment({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {agoInWords(new Date(at))}
    </time>
  );
}

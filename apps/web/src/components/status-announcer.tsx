import type { Instance } from "@twinfold/api";
import { useEffect, useRef, useState } from "react";
import { instanceInWords, wordOf } from "../words.ts";

/** Milliseconds for which a state has to last to be announced: one that passes is noise to who listens. */
const SETTLED = 2_000;

/** Tells a screen reader each new state of each instance, once, whichever page is shown. */
export function StatusAnnouncer({ instances }: { readonly instances: readonly Instance[] }) {
  const told = useRef(new Map<string, string>());
  const [words, setWords] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => {
      const news = instances.filter(({ id, sync }) => {
        const before = told.current.get(id);
        told.current.set(id, sync.state);
        return before !== undefined && before !== sync.state;
      });
      if (news.length > 0) setWords(news.map((one) => `${instanceInWords(one)}: ${wordOf(one.sync.state)}`).join(", "));
    }, SETTLED);
    return () => window.clearTimeout(timer);
  }, [instances]);
  return (
    <p className="visually-hidden" role="status">
      {words}
    </p>
  );
}

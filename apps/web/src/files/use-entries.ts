import { useQueries } from "@tanstack/react-query";
import { type FileEntry, type FileListing, fileListing } from "@twinfold/api";
import { useEffect, useRef, useState } from "react";
import { get } from "../api.ts";
import type { Place } from "./place.ts";

/** Entries that are asked for at once. */
const PAGE = 200;
/** Entries before and after those on the screen that are asked for, too. */
const AHEAD = 60;
/** Milliseconds between two askings while its user scrolls. */
const PATIENCE = 80;
/** Applications change files too: look again now and then, while the page is looked at. Milliseconds. */
const LOOK_AGAIN = 2_000;

export interface Entries {
  /** Undefined until the first answer. */
  readonly total: number | undefined;
  /** Undefined while it is asked for. */
  at(index: number): FileEntry | undefined;
  /** The last snapshot, if there is one. */
  readonly since: FileListing["since"];
  readonly readme: FileListing["readme"];
  /** Says which rows are on the screen. */
  show(first: number, last: number): void;
  readonly error: Error | null;
}

/** What a folder holds, of which only the part on the screen is asked for: there may be 100,000. */
export function useEntries(instanceId: string, { area, path, hidden, find }: Place): Entries {
  const [pages, setPages] = useState<readonly number[]>([0]);
  const wanted = useRef<readonly number[]>(pages);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => window.clearTimeout(timer.current), []);

  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: ["files", instanceId, area, path, hidden, find, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const query = { area, path, hidden: hidden ? "yes" : "no", find, offset: page * PAGE, limit: PAGE };
        const text = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]);
        return get(`/api/instances/${instanceId}/files?${new URLSearchParams(text)}`, fileListing, signal);
      },
      refetchInterval: LOOK_AGAIN,
    })),
  });
  const newest = answers.reduce((one, other) => (other.dataUpdatedAt > one.dataUpdatedAt ? other : one));
  return {
    total: newest.data?.total,
    readme: newest.data?.readme ?? null,
    since: newest.data?.since ?? null,
    at: (index) => answers[pages.indexOf(Math.floor(index / PAGE))]?.data?.entries[index % PAGE],
    show(first, last) {
      const from = Math.floor(Math.max(0, first - AHEAD) / PAGE);
      const to = Math.floor((last + AHEAD) / PAGE);
      // The first one stays: it knows how many there are, wherever its user goes.
      const next = [...new Set([0, ...Array.from({ length: to - from + 1 }, (_, at) => from + at)])];
      if (String(next) === String(wanted.current)) return;
      wanted.current = next;
      timer.current ??= window.setTimeout(() => {
        timer.current = undefined;
        setPages(wanted.current);
      }, PATIENCE);
    },
    error: answers.find(({ error }) => error !== null)?.error ?? null,
  };
}

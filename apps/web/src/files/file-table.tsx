import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { Fragment, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { agoInWords } from "../words.ts";
import { type EntryActions, FileRow } from "./file-row.tsx";
import type { Entries } from "./use-entries.ts";

const COLUMNS = ["Name", "Dropbox", "Size", "Changed"] as const;
/** A row's height until it was measured, and rows above and below the screen that are there too. */
const ROW = 41;
const MORE = 12;

/** The rows of a folder, of which those on the screen are on the page, and the one that has the focus. */
export function FileTable(props: {
  readonly entries: Entries;
  readonly total: number;
  readonly actions: EntryActions;
}) {
  const { entries, total, actions } = props;
  const table = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  const [focused, setFocused] = useState<number | null>(null);
  // What stands above the rows comes and goes.
  useLayoutEffect(() => {
    const place = () => {
      const body = table.current?.tBodies[0];
      if (body !== undefined) setTop(Math.round(body.getBoundingClientRect().top + window.scrollY));
    };
    place();
    const watch = new ResizeObserver(place);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, []);
  const rows = useWindowVirtualizer({
    count: total,
    estimateSize: () => ROW,
    overscan: MORE,
    scrollMargin: top,
    rangeExtractor: (range: Range) => withFocused(defaultRangeExtractor(range), focused, total),
  });
  const shown = rows.range;
  useEffect(() => {
    if (shown !== null) entries.show(shown.startIndex, shown.endIndex);
  });

  const gap = (height: number): ReactNode =>
    height > 0 && (
      // biome-ignore lint/a11y/noAriaHiddenOnFocusable: no row can have the focus.
      <tr className="gap" aria-hidden="true" style={{ height }}>
        <td colSpan={COLUMNS.length + 1} />
      </tr>
    );
  let end = top;
  const items = rows.getVirtualItems().map(({ index, start, end: ends }) => {
    const before = gap(start - end);
    end = ends;
    const entry = entries.at(index);
    return (
      // By its name: where the list shifts under a pointer that is down, what was pressed does not become another file's.
      <Fragment key={entry === undefined ? index : `/${entry.name}`}>
        {before}
        {entry === undefined ? (
          <tr ref={rows.measureElement} data-index={index} aria-rowindex={index + 2}>
            <td className="quiet" colSpan={COLUMNS.length + 1}>
              Listing
            </td>
          </tr>
        ) : (
          <FileRow
            entry={entry}
            index={index}
            changed={agoInWords(new Date(entry.mtime * 1000))}
            actions={actions}
            ref={rows.measureElement}
          />
        )}
      </Fragment>
    );
  });
  return (
    <table
      ref={table}
      className="files"
      aria-rowcount={total + 1}
      onFocus={(event) => {
        const index = event.target.closest("tr")?.dataset.index;
        setFocused(index === undefined ? null : Number(index));
      }}
      // Not when the whole window is left: whoever comes back to it goes on where she was.
      onBlur={({ currentTarget, relatedTarget }) => {
        if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) setFocused(null);
      }}
    >
      <thead>
        <tr aria-rowindex={1}>
          {COLUMNS.map((name) => (
            <th key={name}>{name}</th>
          ))}
          <th>
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items}
        {gap(rows.getTotalSize() + top - end)}
      </tbody>
    </table>
  );
}

/** Whoever is in a row with the keyboard stays there, however far the page is scrolled. */
function withFocused(indexes: number[], focused: number | null, total: number): number[] {
  if (focused === null || focused >= total || indexes.includes(focused)) return indexes;
  return [...indexes, focused].sort((a, b) => a - b);
}

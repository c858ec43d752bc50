import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type IgnoreChange, type IgnorePreview, ignorePreview } from "@twinfold/api";
import { useEffect, useId, useState } from "react";
import { post } from "../api.ts";
import { bytesInWords, countInWords } from "../words.ts";
import { Failure } from "./notice.tsx";

/** Milliseconds without a key after which what was typed is asked about. */
const SETTLED = 400;

/** What an ignore file's text would change, while it is typed: asked when the typing rests, and told to screen readers in words. */
export function IgnoreChanges(props: {
  readonly instanceId: string;
  readonly text: string;
  readonly unsaved: boolean;
}) {
  const { instanceId, text, unsaved } = props;
  const settled = useSettled(text);
  const preview = useQuery({
    queryKey: ["ignore preview", instanceId, settled],
    queryFn: ({ signal }) =>
      post(`/api/instances/${instanceId}/ignore/preview`, { text: settled }, ignorePreview, signal),
    placeholderData: keepPreviousData,
    // Each text is asked about once.
    gcTime: 0,
  });
  const busy = settled !== text || preview.isFetching;
  const found = preview.data;
  return (
    <div className={busy ? "quiet" : undefined}>
      <Failure error={preview.error} />
      <p role="status" aria-busy={busy}>
        {found !== undefined && preview.error === null && inWords(found, unsaved)}
      </p>
      {found !== undefined && preview.error === null && (
        <>
          {unsaved && <Files title="Would be left out" by="by" of={found.leftOut} whole={found.whole} />}
          {unsaved && (
            <Files title="Would come into sync" by="now left out by" of={found.comesIn} whole={found.whole} />
          )}
          <Problems of={found.problems} />
          {unsaved && !found.withDropbox && (
            <p className="quiet">Nothing is synced now, so what only your Dropbox has is not counted.</p>
          )}
        </>
      )}
    </div>
  );
}

/** A text as it was when its writer last paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), SETTLED);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}

function inWords({ leftOut, comesIn, problems, whole }: IgnorePreview, unsaved: boolean): string {
  const sentences: string[] = [];
  if (unsaved) {
    const changes = [
      ...(leftOut.files > 0 ? [`${amountInWords(leftOut, whole)} would be left out`] : []),
      ...(comesIn.files > 0 ? [`${amountInWords(comesIn, whole)} would come into sync`] : []),
    ];
    if (changes.length > 0) sentences.push(`Once this is saved, ${changes.join(", and ")}.`);
    else if (whole) sentences.push("Once this is saved, the same files are left out as now.");
    if (!whole) sentences.push("There are too many files to look at all of them.");
    if (leftOut.files > 0) sentences.push("What is left out stays where it is, on both sides.");
  }
  if (problems.length > 0)
    sentences.push(problems.length === 1 ? "One line is of no use." : `${problems.length} lines are of no use.`);
  return sentences.join(" ");
}

function amountInWords({ files, bytes }: IgnoreChange, whole: boolean): string {
  return `${whole ? "" : "at least "}${countInWords(files, "file")} (${bytesInWords(bytes)})`;
}

function Files(props: {
  readonly title: string;
  /** What goes before the line that decides. */
  readonly by: string;
  readonly of: IgnoreChange;
  readonly whole: boolean;
}) {
  const { title, by, of, whole } = props;
  const id = useId();
  if (of.files === 0) return null;
  const more = of.files - of.first.length;
  return (
    <>
      <p id={id}>
        <b>{title}</b>
      </p>
      <ul aria-labelledby={id}>
        {of.first.map(({ path, line, pattern }) => (
          <li key={path}>
            <code>{path}</code>{" "}
            <span className="quiet">
              {by} line {line}, <code>{pattern}</code>
            </span>
          </li>
        ))}
        {more > 0 && (
          <li className="quiet">
            and {whole ? "" : "at least "}
            {countInWords(more, "other")}
          </li>
        )}
      </ul>
    </>
  );
}

function Problems({ of }: { readonly of: IgnorePreview["problems"] }) {
  const id = useId();
  if (of.length === 0) return null;
  return (
    <>
      <p id={id}>
        <b>Lines of no use</b>
      </p>
      <ul aria-labelledby={id}>
        {of.map(({ line, pattern, why }) => (
          <li key={line}>
            <code>{pattern}</code> (line {line}): {why}
          </li>
        ))}
      </ul>
    </>
  );
}

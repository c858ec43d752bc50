import { useQuery } from "@tanstack/react-query";
import { snapshotList } from "@twinfold/api";
import { fileAddress, get, getFile } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { Moment } from "../components/moment.tsx";
import { Failure } from "../components/notice.tsx";
import { NotEditable } from "../text-file.ts";

/** Unchanged lines that are shown around what has changed. */
const AROUND = 3;
/** Milliseconds after which two texts count as all different. */
const LONGEST = 3_000;

/** What has become of a text since the last snapshot, line by line. */
export function TextDifference(props: {
  readonly instanceId: string;
  readonly path: string;
  readonly onClose: () => void;
}) {
  const { instanceId, path } = props;
  const { data, error } = useQuery({
    queryKey: ["difference", instanceId, path],
    queryFn: async () => {
      const at = `/api/instances/${instanceId}/snapshots`;
      const last = (await get(at, snapshotList)).snapshots[0];
      if (last === undefined) throw new Error("There is no snapshot any more.");
      const before = textOf(await getFile(`${at}/${last.id}/file?${new URLSearchParams({ path })}`));
      const after = textOf(await getFile(fileAddress(instanceId, "workspace", path)));
      // Fetched when somebody asks.
      const { structuredPatch } = await import("diff");
      const found = structuredPatch(path, path, before, after, "", "", { context: AROUND, timeout: LONGEST });
      return { takenAt: last.takenAt, hunks: found?.hunks };
    },
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Dialog title={path} wide onClose={props.onClose}>
      <Failure error={error} />
      {data === undefined && error === null && <p className="quiet">Comparing with the last snapshot.</p>}
      {data !== undefined && (
        <>
          <p className="quiet">
            Since the last snapshot, <Moment at={data.takenAt} />:
          </p>
          {data.hunks === undefined && <p>The two have too little in common to be told apart line by line.</p>}
          {data.hunks?.length === 0 && <p>The text is the same.</p>}
          {(data.hunks?.length ?? 0) > 0 && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard.
            <section className="difference" aria-label="What has changed" tabIndex={0}>
              {data.hunks?.map((hunk) => (
                <div key={`${hunk.oldStart} ${hunk.newStart}`}>
                  <p className="quiet">From line {hunk.newStart}:</p>
                  <code>
                    {hunk.lines.map((line, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: lines are as they are until the dialog closes.
                      <Line key={at} line={line} />
                    ))}
                  </code>
                </div>
              ))}
            </section>
          )}
        </>
      )}
      <div className="row">
        <button type="button" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function Line({ line }: { readonly line: string }) {
  if (line.startsWith("+")) return <ins>{line}</ins>;
  if (line.startsWith("-")) return <del>{line}</del>;
  return <span className="same">{line}</span>;
}

/** @throws NotEditable for what is no text */
function textOf({ bytes }: { readonly bytes: ArrayBuffer }): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  if (text.includes("\ufffd") || text.includes("\0"))
    throw new NotEditable("This file is not a text: download it to compare.");
  return text;
}

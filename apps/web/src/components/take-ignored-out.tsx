import { useMutation } from "@tanstack/react-query";
import { type Instance, type TakenOut, takenOut } from "@twinfold/api";
import { useState } from "react";
import { Link } from "react-router";
import { post } from "../api.ts";
import { bytesInWords, countInWords } from "../words.ts";
import { Failure } from "./notice.tsx";
import { Question } from "./question.tsx";

/** Takes what an ignore file leaves out of sync out of Dropbox too, after saying how much that is. */
export function TakeIgnoredOut({ instance, unsaved }: { readonly instance: Instance; readonly unsaved: boolean }) {
  const address = `/api/instances/${instance.id}/ignore/take-out`;
  const [asking, setAsking] = useState<TakenOut | null>(null);
  const take = useMutation({
    mutationFn: ({ files, bytes }: TakenOut) => post(address, { agreed: { files, bytes } }, takenOut),
  });
  const look = useMutation({
    mutationFn: () => post(address, { agreed: null }, takenOut),
    onMutate: () => take.reset(),
    onSuccess: (found) => setAsking(found.files > 0 ? found : null),
  });
  const busy = look.isPending || take.isPending;
  return (
    <>
      <p>What the saved lines leave out and Dropbox has already stays there, until you take it out.</p>
      <Failure error={look.error ?? take.error} />
      <button type="button" disabled={unsaved || busy} onClick={() => look.mutate()}>
        {look.isPending ? "Counting" : take.isPending ? "Taking it out" : "Take it out of Dropbox"}
      </button>{" "}
      {unsaved && <span className="quiet">Save first: it goes by the saved lines.</span>}
      <span role="status">
        {!busy && take.data !== undefined && (
          <>
            {amountInWords(take.data)} taken out of Dropbox; on disk everything is as it was. The{" "}
            <Link to={`/instances/${instance.id}/activity`}>Activity page</Link> lists what went.
          </>
        )}
        {!busy && look.data?.files === 0 && `There is nothing to take out. ${stayingInWords(look.data)}`}
      </span>
      {asking !== null && (
        <Question
          title={`Take ${countInWords(asking.files, "file")} out of Dropbox?`}
          yes="Take out"
          onYes={() => {
            setAsking(null);
            take.mutate(asking);
          }}
          onNo={() => setAsking(null)}
        >
          <p>
            {amountInWords(asking)}, that the lines in .mignore leave out, will be deleted in your Dropbox. On disk they
            stay as they are.
          </p>
          <p>{stayingInWords(asking)}</p>
          <p>
            The Activity page will list each of them. For as long as Dropbox keeps it, it can be brought back to disk
            from there; without its line in .mignore it is synced to Dropbox again.
          </p>
        </Question>
      )}
    </>
  );
}

const amountInWords = ({ files, bytes }: TakenOut) => `${countInWords(files, "file")}, ${bytesInWords(bytes)}`;

function stayingInWords({ staying }: TakenOut): string {
  if (staying === 0) return "";
  return `${countInWords(staying, "file")} that ${staying === 1 ? "matches stays" : "match stay"} in Dropbox: the disk does not have the same.`;
}

import { useQuery } from "@tanstack/react-query";
import type { ConflictChoice } from "@twinfold/api";
import { useEffect, useState } from "react";
import { ApiFailure, fileAddress, getFileUpTo } from "../api.ts";
import { LARGEST, pictureType } from "../files/preview.ts";
import { differenceOf, type LinePair } from "../text-difference.ts";
import { bytesInWords } from "../words.ts";
import { Failure } from "./notice.tsx";

/** Bytes: larger files are not shown, only named. */
const LARGEST_TEXT = 1024 * 1024;
/** How often is looked whether the other version is there by now, in milliseconds. */
const LOOK_AGAIN = 1_000;

/** The versions that are on the screen; null for what is not there. */
export interface Shown {
  readonly theirs: string | null;
  readonly mine: string;
}

interface Version {
  readonly bytes: ArrayBuffer | null;
  readonly size: number;
  readonly version: string;
}

/** Both versions beside each other, and the choice between them. */
export function ConflictComparison(props: {
  readonly instanceId: string;
  readonly copy: string;
  readonly original: string;
  readonly busy: boolean;
  readonly onChoice: (choice: ConflictChoice["choice"], shown: Shown) => void;
}) {
  const { instanceId, copy, original } = props;
  const picture = pictureType(copy);
  const { data, error, isPending } = useQuery({
    queryKey: ["conflict", instanceId, copy],
    queryFn: async () => {
      const most = picture === undefined ? LARGEST_TEXT : LARGEST.picture;
      const [theirs, mine] = await Promise.all([look(instanceId, original, most), look(instanceId, copy, most)]);
      return { theirs, mine };
    },
    // A conflict is told of when the copy has its name; theirs comes from Dropbox after it.
    refetchInterval: ({ state }) => (state.data?.theirs === null ? LOOK_AGAIN : false),
    retry: false,
    gcTime: 0,
  });
  const choose = (choice: ConflictChoice["choice"]) => {
    if (data?.mine == null) return;
    props.onChoice(choice, { theirs: data.theirs?.version ?? null, mine: data.mine.version });
  };
  if (isPending) return <p className="quiet">Fetching both versions.</p>;
  if (data?.mine == null) return <Failure error={error ?? `${copy} is not there any more.`} />;
  return (
    <section aria-label={`Both versions of ${original}`}>
      {data.theirs === null ? (
        <p>{original} is not there any more: the copy is all that is left.</p>
      ) : (
        <div className="beside">
          <Side title="Theirs" path={original} of={data.theirs} picture={picture} instanceId={instanceId} />
          <Side title="Mine" path={copy} of={data.mine} picture={picture} instanceId={instanceId} />
          {picture === undefined && <Lines theirs={data.theirs} mine={data.mine} />}
        </div>
      )}
      <div className="row">
        {data.theirs !== null && (
          <button type="button" onClick={() => choose("theirs")} disabled={props.busy}>
            Keep theirs
          </button>
        )}
        <button type="button" onClick={() => choose("mine")} disabled={props.busy}>
          Keep mine{data.theirs === null && ` as ${original}`}
        </button>
        <button type="button" onClick={() => choose("both")} disabled={props.busy}>
          Keep both
        </button>
      </div>
    </section>
  );
}

function Side(props: {
  readonly title: string;
  readonly path: string;
  readonly of: Version;
  readonly picture: string | undefined;
  readonly instanceId: string;
}) {
  const { title, path, of, picture } = props;
  return (
    <div className="side">
      <h4>{title}</h4>
      <p>
        <code>{path}</code>
      </p>
      <p className="quiet">
        {bytesInWords(of.size)}, <a href={fileAddress(props.instanceId, "workspace", path)}>Download</a>
      </p>
      {picture !== undefined && of.bytes !== null && (
        <Picture bytes={of.bytes} type={picture} words={`${title}: ${path}`} />
      )}
    </div>
  );
}

function Picture({
  bytes,
  type,
  words,
}: {
  readonly bytes: ArrayBuffer;
  readonly type: string;
  readonly words: string;
}) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  return address === undefined ? null : <img src={address} alt={words} />;
}

/** Where two texts differ. */
function Lines({ theirs, mine }: { readonly theirs: Version; readonly mine: Version }) {
  const [left, right] = [textOf(theirs.bytes), textOf(mine.bytes)];
  if (left === null || right === null)
    return <p className="quiet whole">They are no texts, or too large to be compared here: download both.</p>;
  const difference = differenceOf(left, right);
  if (difference === null)
    return <p className="quiet whole">They differ too much to be compared here: download both.</p>;
  if (difference.parts.length === 0) return <p className="whole">Both have the same content.</p>;
  return (
    <>
      {difference.parts.map(({ theirsFrom, mineFrom, lines }) => (
        <div key={`${theirsFrom} ${mineFrom}`} className="whole lines">
          <p className="quiet">From line {theirsFrom}</p>
          <p className="quiet">From line {mineFrom}</p>
          {lines.map((pair, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a part have no other name, and never change
            <Pair key={at} {...pair} />
          ))}
        </div>
      ))}
      {difference.more && <p className="quiet whole">There is more that differs: download both to see it.</p>}
    </>
  );
}

function Pair({ theirs, mine }: LinePair) {
  if (theirs === mine)
    return (
      <>
        <code>{theirs}</code>
        <code>{mine}</code>
      </>
    );
  return (
    <>
      <code>{theirs !== null && <del>{theirs}</del>}</code>
      <code>{mine !== null && <ins>{mine}</ins>}</code>
    </>
  );
}

async function look(instanceId: string, path: string, most: number): Promise<Version | null> {
  try {
    const found = await getFileUpTo(fileAddress(instanceId, "workspace", path), most);
    return { ...found, version: found.version.replaceAll('"', "") };
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return null;
    throw error;
  }
}

/** @returns null for what is no text */
function textOf(bytes: ArrayBuffer | null): string | null {
  if (bytes === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

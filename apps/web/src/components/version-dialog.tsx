import { useQuery } from "@tanstack/react-query";
import type { ActivityVersion } from "@twinfold/api";
import { getFileUpTo } from "../api.ts";
import { useObjectUrl } from "../files/object-url.ts";
import { nameOf } from "../files/place.ts";
import { LARGEST, pictureType } from "../files/preview.ts";
import { shownText } from "../files/shown-text.ts";
import { ShownText } from "../files/text.tsx";
import { bytesInWords } from "../words.ts";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./notice.tsx";

const WHEN: Readonly<Record<ActivityVersion, string>> = { was: "before", now: "after" };

/** What a file was before or after a change, as far as anybody has kept it. */
export function VersionDialog(props: {
  readonly instanceId: string;
  /** The change, and the file it was made to. */
  readonly entryId: string;
  readonly path: string;
  readonly which: ActivityVersion;
  readonly onClose: () => void;
}) {
  const { which } = props;
  const name = nameOf(props.path);
  const type = pictureType(name);
  const address = `/api/instances/${props.instanceId}/activity/${encodeURIComponent(props.entryId)}/versions/${which}`;
  const { data, error } = useQuery({
    queryKey: ["version", address],
    queryFn: async () => {
      const { bytes, size } = await getFileUpTo(address, type === undefined ? LARGEST.text : LARGEST.picture);
      const picture = bytes !== null && type !== undefined ? new Blob([bytes], { type }) : undefined;
      return { size, picture, text: bytes === null || type !== undefined ? null : shownText(bytes) };
    },
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const picture = useObjectUrl(data?.picture);
  return (
    <Dialog title={`${name}, ${WHEN[which]}`} wide onClose={props.onClose}>
      <Failure error={error} />
      {data === undefined && error === null && <p className="quiet">Looking up whether it was kept.</p>}
      {data !== undefined && <p className="quiet">{bytesInWords(data.size)}</p>}
      {picture !== null && <img className="picture" src={picture} alt={name} />}
      {data != null && data.text !== null && <ShownText name={name} of={data.text} />}
      {data?.picture === undefined && data?.text === null && (
        <p>It is no text, or too large to be shown here: download it.</p>
      )}
      <div className="row">
        {data !== undefined && <a href={address}>Download</a>}
        <button type="button" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

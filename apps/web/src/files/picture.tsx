import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { fileAddress, getFile } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { Failure } from "../components/notice.tsx";
import { pictureType } from "./preview.ts";

interface Place {
  readonly instanceId: string;
  readonly area: string;
  readonly path: string;
}

/**
 * A picture from a folder. The server gives every file as bytes to be saved, so that none can be shown as a page of ours; as
 * a picture it is shown from here.
 */
export function Picture({ place, alt }: { readonly place: Place; readonly alt: string }) {
  const address = fileAddress(place.instanceId, place.area, place.path);
  const { data, error } = useQuery({
    queryKey: ["picture", address],
    queryFn: async () => new Blob([(await getFile(address)).bytes], { type: pictureType(place.path) ?? "" }),
    retry: false,
    gcTime: 0,
  });
  const [shown, setShown] = useState<string | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (data === undefined) return;
    const url = URL.createObjectURL(data);
    setShown(url);
    setBroken(false);
    return () => URL.revokeObjectURL(url);
  }, [data]);
  if (error !== null) return <Failure error={error} />;
  if (broken) return <p className="quiet">{alt} can't be shown: the browser does not take it for a picture.</p>;
  if (shown === null) return <span className="quiet">Opening {alt}.</span>;
  return <img className="picture" src={shown} alt={alt} onError={() => setBroken(true)} />;
}

export function PictureDialog(props: Place & { readonly onClose: () => void }) {
  const name = props.path.slice(props.path.lastIndexOf("/") + 1);
  return (
    <Dialog title={name} wide onClose={props.onClose}>
      <Picture place={props} alt={name} />
      <div className="row">
        <button type="button" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

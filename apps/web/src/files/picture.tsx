import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fileAddress, getFile } from "../api.ts";
import { Failure } from "../components/notice.tsx";
import { useObjectUrl } from "./object-url.ts";
import { type FilePlace, pictureType } from "./preview.ts";

/**
 * A picture from a folder. The server gives every file as bytes to be saved, so that none can be shown as a page of ours; as
 * a picture it is shown from here.
 */
export function Picture({ place, alt }: { readonly place: FilePlace; readonly alt: string }) {
  const address = fileAddress(place.instanceId, place.area, place.path);
  const { data, error } = useQuery({
    queryKey: ["picture", address],
    queryFn: async () => new Blob([(await getFile(address)).bytes], { type: pictureType(place.path) ?? "" }),
    retry: false,
    gcTime: 0,
  });
  const shown = useObjectUrl(data);
  const [broken, setBroken] = useState<string | null>(null);
  if (error !== null) return <Failure error={error} />;
  if (shown === null) return <span className="quiet">Opening {alt}.</span>;
  if (broken === shown)
    return <p className="quiet">{alt} can't be shown: the browser does not take it for a picture.</p>;
  return <img className="picture" src={shown} alt={alt} onError={() => setBroken(shown)} />;
}

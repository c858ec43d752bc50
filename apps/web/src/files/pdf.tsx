import { useQuery } from "@tanstack/react-query";
import { fileAddress, getFile } from "../api.ts";
import { Failure } from "../components/notice.tsx";
import { useObjectUrl } from "./object-url.ts";
import type { FilePlace } from "./preview.ts";

const HEADER = "%PDF-";

/**
 * A PDF in the browser's own viewer, which lets nothing of the file run as a page of ours. It goes there as a PDF whatever its
 * name says, and only if it begins as one: the bytes are looked at here, and the type that they are given is not guessed anew.
 * The frame has no sandbox: Chromium's viewer, whose origin is another one anyway, shows nothing in one.
 */
export function Pdf({ place, name }: { readonly place: FilePlace; readonly name: string }) {
  const address = fileAddress(place.instanceId, place.area, place.path);
  const { data, error } = useQuery({
    queryKey: ["pdf", address],
    queryFn: async () => {
      const { bytes } = await getFile(address);
      const begins = new TextDecoder("latin1").decode(bytes.slice(0, HEADER.length));
      return begins === HEADER ? new Blob([bytes], { type: "application/pdf" }) : "none";
    },
    // Without a viewer the browser would save it instead of showing it.
    enabled: navigator.pdfViewerEnabled,
    retry: false,
    gcTime: 0,
  });
  const shown = useObjectUrl(data instanceof Blob ? data : undefined);
  if (!navigator.pdfViewerEnabled) return <p>This browser shows no PDF files in pages: download it to read it.</p>;
  if (error !== null) return <Failure error={error} />;
  if (data === "none") return <p>{name} can't be shown: it does not begin as a PDF does. You can download it.</p>;
  if (shown === null) return <span className="quiet">Opening {name}.</span>;
  return <iframe className="pdf" src={shown} title={name} />;
}

import { useQuery } from "@tanstack/react-query";
import { fileAddress, getFileUpTo } from "../api.ts";
import { Failure } from "../components/notice.tsx";
import { type FilePlace, LARGEST } from "./preview.ts";
import { type ReadText, shownText } from "./shown-text.ts";

/** A text file to be read, never changed: also by who may not change it. It is text here whatever it says. */
export function Text({ place, name }: { readonly place: FilePlace; readonly name: string }) {
  const address = fileAddress(place.instanceId, place.area, place.path);
  const { data, error } = useQuery({
    queryKey: ["shown text", address],
    queryFn: async () => {
      // It may have grown since it was listed.
      const { bytes } = await getFileUpTo(address, LARGEST.text);
      return bytes === null ? "too large" : (shownText(bytes) ?? "binary");
    },
    retry: false,
    gcTime: 0,
  });
  if (error !== null) return <Failure error={error} />;
  if (data === undefined) return <p className="quiet">Opening {name}.</p>;
  if (data === "too large") return <p>{name} is too large to be shown here. You can download it.</p>;
  if (data === "binary") return <p>{name} is not a text, so it can't be shown. You can download it.</p>;
  return <ShownText name={name} of={data} />;
}

/** The text itself, and what is to be said of it. */
export function ShownText({ name, of: { text, takenFor } }: { readonly name: string; readonly of: ReadText }) {
  if (text === "") return <p className="quiet">{name} is empty.</p>;
  return (
    <>
      {takenFor === "UTF-16" && <p className="quiet">This text is in UTF-16, not in UTF-8.</p>}
      {takenFor === "Windows-1252" && (
        <p className="quiet">
          This text is not in UTF-8. It is shown as Windows-1252: some of its letters may be others.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by the keyboard. */}
      <pre className="shown-text" tabIndex={0} role="document" aria-label={`Text of ${name}`}>
        {text}
      </pre>
    </>
  );
}

import { fileAddress } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { Pdf } from "./pdf.tsx";
import { Picture } from "./picture.tsx";
import { nameOf } from "./place.ts";
import { type FilePlace, previewOf } from "./preview.ts";
import { Text } from "./text.tsx";

/** What a file shows, and the way to have it. */
export function PreviewDialog(props: FilePlace & { readonly onClose: () => void }) {
  const { instanceId, area, path } = props;
  const name = nameOf(path);
  const preview = previewOf(name);
  return (
    <Dialog title={name} wide onClose={props.onClose}>
      {preview === "pdf" && <Pdf place={props} name={name} />}
      {preview === "picture" && <Picture place={props} alt={name} />}
      {preview === "text" && <Text place={props} name={name} />}
      <div className="row">
        <a href={fileAddress(instanceId, area, path)}>Download</a>
        <button type="button" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

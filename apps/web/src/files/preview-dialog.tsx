import { fileAddress } from "../api.ts";
import { Dialog } from "../components/dialog.tsx";
import { Pdf } from "./pdf.tsx";
import { Picture } from "./picture.tsx";
import { type FilePlace, previewOf } from "./preview.ts";

/** What a file shows, and the way to have it. */
export function PreviewDialog(props: FilePlace & { readonly onClose: () => void }) {
  const { instanceId, area, path } = props;
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    <Dialog title={name} wide onClose={props.onClose}>
      {previewOf(name) === "pdf" ? <Pdf place={props} name={name} /> : <Picture place={props} alt={name} />}
      <div className="row">
        <a href={fileAddress(instanceId, area, path)}>Download</a>
        <button type="button" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

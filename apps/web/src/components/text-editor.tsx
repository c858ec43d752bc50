import { useMutation, useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { fileAddress, getFile } from "../api.ts";
import { decodeText, encodeText } from "../text-file.ts";
import { writeFile } from "../write-file.ts";
import { Failure } from "./notice.tsx";
import { mayLose, useUnsavedGuard } from "./unsaved.ts";
import { useWriteQuestion } from "./write-question.tsx";

/** A text file, to be changed and saved; only over the version that was opened, unless its user says otherwise. */
export function TextEditor(props: {
  readonly instanceId: string;
  readonly area: string;
  readonly path: string;
  readonly onUnsaved: (unsaved: boolean) => void;
  readonly onClose: () => void;
}) {
  const { path } = props;
  const address = fileAddress(props.instanceId, props.area, path);
  const field = useRef<HTMLTextAreaElement>(null);
  const [unsaved, setUnsaved] = useState(false);
  const { ask, question } = useWriteQuestion();
  useUnsavedGuard(unsaved, path);
  const file = useQuery({
    queryKey: ["text", address],
    queryFn: async () => {
      const { bytes, version } = await getFile(address);
      return { version, content: decodeText(bytes) };
    },
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const note = (now: boolean) => {
    setUnsaved(now);
    props.onUnsaved(now);
  };
  const save = useMutation({
    mutationFn: async () => {
      if (file.data === undefined) return null;
      const { content, version } = file.data;
      return writeFile(props, encodeText(content, field.current?.value ?? ""), version, ask);
    },
    onSuccess: (written) => {
      if (written === null) return;
      note(false);
      props.onClose();
    },
  });
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Failure error={file.error ?? save.error} />
      {file.isPending && <p className="quiet">Opening {path}.</p>}
      {file.data !== undefined && (
        <label>
          {path}
          <textarea
            ref={field}
            rows={16}
            defaultValue={file.data.content.text}
            spellCheck={false}
            onChange={(event) => note(event.target.value !== file.data.content.text)}
          />
        </label>
      )}
      {question}
      <div className="row">
        <button type="submit" className="primary" disabled={file.data === undefined || save.isPending}>
          {save.isPending ? "Saving" : "Save"}
        </button>
        <button type="button" onClick={() => mayLose(unsaved, path) && props.onClose()}>
          Close
        </button>
      </div>
    </form>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Instance } from "@twinfold/api";
import { useRef, useState } from "react";
import { ApiFailure, fileAddress, getFile } from "../api.ts";
import { decodeText, encodeText } from "../text-file.ts";
import { writeFile } from "../write-file.ts";
import { Failure } from "./notice.tsx";
import { useUnsavedGuard } from "./unsaved.ts";
import { useWriteQuestion } from "./write-question.tsx";

const IGNORE_FILE = { area: "workspace", path: ".mignore" } as const;

/** The instance's `.mignore`, as text. It takes effect as soon as it is saved. */
export function IgnoreEditor({ instance }: { readonly instance: Instance }) {
  const address = fileAddress(instance.id, IGNORE_FILE.area, IGNORE_FILE.path);
  const client = useQueryClient();
  const field = useRef<HTMLTextAreaElement>(null);
  const [unsaved, setUnsaved] = useState(false);
  const { ask, question } = useWriteQuestion();
  useUnsavedGuard(unsaved, IGNORE_FILE.path);
  const file = useQuery({
    queryKey: ["ignore", instance.id],
    queryFn: async () => {
      try {
        const { bytes, version } = await getFile(address);
        return { version, content: decodeText(bytes) };
      } catch (error) {
        if (!(error instanceof ApiFailure && error.status === 404)) throw error;
        return { version: null, content: { text: "", lineEnd: "\n", mark: "" } };
      }
    },
    // What is being typed stays over the version that it began with.
    enabled: !unsaved,
    retry: false,
  });
  const save = useMutation({
    mutationFn: async () => {
      if (file.data === undefined) return null;
      const content = encodeText(file.data.content, field.current?.value ?? "");
      return writeFile({ instanceId: instance.id, ...IGNORE_FILE }, content, file.data.version, ask);
    },
    onSuccess: async (written) => {
      if (written === null) return;
      setUnsaved(false);
      await client.invalidateQueries({ queryKey: ["ignore", instance.id] });
    },
  });
  return (
    <details className="card">
      <summary>Excluded files of {instance.name}</summary>
      <p>
        What matches a line of <code>/files/.mignore</code> stays out of sync, both ways. The lines are written as in a{" "}
        <code>.gitignore</code>.
      </p>
      <Failure error={file.error ?? save.error} />
      {question}
      {file.data !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <label>
            Patterns, one a line
            <textarea
              ref={field}
              rows={6}
              defaultValue={file.data.content.text}
              key={file.data.version}
              spellCheck={false}
              onChange={(event) => setUnsaved(event.target.value !== file.data.content.text)}
            />
          </label>
          <button type="submit" disabled={save.isPending}>
            {save.isPending ? "Saving" : "Save"}
          </button>{" "}
          {save.data === IGNORE_FILE.path && !unsaved && <span role="status">Saved: it holds from now on.</span>}
          {save.data != null && save.data !== IGNORE_FILE.path && (
            <span role="status">Saved as {save.data}: patterns hold in .mignore only.</span>
          )}
        </form>
      )}
    </details>
  );
}

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Instance } from "@twinfold/api";
import { useState } from "react";
import { ApiFailure, fileAddress, getFile } from "../api.ts";
import { decodeText, encodeText } from "../text-file.ts";
import { instanceInWords } from "../words.ts";
import { writeFile } from "../write-file.ts";
import { IgnoreChanges } from "./ignore-changes.tsx";
import { Failure } from "./notice.tsx";
import { TakeIgnoredOut } from "./take-ignored-out.tsx";
import { useUnsavedGuard } from "./unsaved.ts";
import { useWriteQuestion } from "./write-question.tsx";

const IGNORE_FILE = { area: "workspace", path: ".mignore" } as const;

/** The instance's `.mignore`, as text. It takes effect as soon as it is saved. */
export function IgnoreEditor({ instance }: { readonly instance: Instance }) {
  const address = fileAddress(instance.id, IGNORE_FILE.area, IGNORE_FILE.path);
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  /** What is typed; null while that is what is saved. */
  const [typed, setTyped] = useState<string | null>(null);
  const unsaved = typed !== null;
  const mayChange = instance.role === "editor";
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
      const content = encodeText(file.data.content, typed ?? file.data.content.text);
      return writeFile({ instanceId: instance.id, ...IGNORE_FILE }, content, file.data.version, ask);
    },
    onSuccess: async (written) => {
      if (written === null) return;
      setTyped(null);
      await client.invalidateQueries({ queryKey: ["ignore", instance.id] });
      await client.invalidateQueries({ queryKey: ["ignore preview", instance.id] });
    },
  });
  return (
    <details className="card" onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>Excluded files of {instanceInWords(instance)}</summary>
      <p>
        What matches a line of <code>/files/.mignore</code> stays out of sync, both ways. The lines are written as in a{" "}
        <code>.gitignore</code>.
      </p>
      {!mayChange && (
        <p>
          You may look at the files of this instance, and <code>.mignore</code> is one of them: ask a space
          administrator for the editor's role to change it.
        </p>
      )}
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
              rows={6}
              defaultValue={file.data.content.text}
              key={file.data.version}
              spellCheck={false}
              // What is typed meanwhile would be lost once the saved version is read back.
              readOnly={!mayChange || save.isPending}
              onChange={({ target: { value } }) => setTyped(value === file.data.content.text ? null : value)}
            />
          </label>
          {opened && mayChange && (
            <IgnoreChanges instanceId={instance.id} text={typed ?? file.data.content.text} unsaved={unsaved} />
          )}
          {mayChange && (
            <button type="submit" disabled={save.isPending}>
              {save.isPending ? "Saving" : "Save"}
            </button>
          )}{" "}
          {save.data === IGNORE_FILE.path && !unsaved && <span role="status">Saved: it holds from now on.</span>}
          {save.data != null && save.data !== IGNORE_FILE.path && (
            <span role="status">Saved as {save.data}: patterns hold in .mignore only.</span>
          )}
        </form>
      )}
      {mayChange && instance.sync.state !== "not linked" && <TakeIgnoredOut instance={instance} unsaved={unsaved} />}
    </details>
  );
}

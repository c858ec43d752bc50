import { type ReactNode, useEffect, useRef, useState } from "react";
import { Notice } from "../components/notice.tsx";
import { bytesInWords, countInWords } from "../words.ts";
import { type Chosen, chosenIn, droppedIn } from "./dropped.ts";
import type { UploadOutcome, UploadProgress } from "./use-upload.ts";

/** Ways to bring files in: chosen, a folder chosen, or dropped anywhere on the page. */
export function UploadBar(props: {
  /** Where they come to, in words. */
  readonly into: string;
  readonly onChosen: (chosen: Chosen) => void;
  /** What else can be made there. */
  readonly children: ReactNode;
}) {
  const { onChosen } = props;
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const dragged = useDropped(onChosen);
  return (
    <div className="row">
      <button type="button" className="primary" onClick={() => files.current?.click()}>
        Upload
      </button>
      <button type="button" onClick={() => folder.current?.click()}>
        Upload a folder
      </button>
      {props.children}
      {[
        { field: files, label: "Files to upload", more: {} },
        { field: folder, label: "Folder to upload", more: { webkitdirectory: "" } },
      ].map(({ field, label, more }) => (
        <input
          key={label}
          ref={field}
          type="file"
          multiple
          hidden
          aria-label={label}
          {...more}
          onChange={(event) => {
            onChosen(chosenIn(event.target.files));
            event.target.value = "";
          }}
        />
      ))}
      {dragged && <p className="drop-here">Drop to upload into {props.into}</p>}
    </div>
  );
}

/** @returns whether files are being dragged over the page */
function useDropped(onDropped: (chosen: Chosen) => void): boolean {
  const [dragged, setDragged] = useState(false);
  const latest = useRef(onDropped);
  latest.current = onDropped;
  useEffect(() => {
    const ofFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const over = (event: DragEvent) => {
      if (!ofFiles(event)) return;
      event.preventDefault();
      setDragged(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const drop = (event: DragEvent) => {
      setDragged(false);
      if (!ofFiles(event) || event.dataTransfer === null) return;
      // Else the browser would leave the page to show the file.
      event.preventDefault();
      void droppedIn(event.dataTransfer).then((chosen) => latest.current(chosen));
    };
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return dragged;
}

export function UploadRunning({
  progress,
  onStop,
}: {
  readonly progress: UploadProgress;
  readonly onStop: () => void;
}) {
  const { filesDone, filesTotal, bytesDone, bytesTotal, waiting } = progress;
  return (
    <>
      <div className="row">
        <progress
          value={bytesTotal === 0 ? undefined : bytesDone / bytesTotal}
          max={1}
          aria-label="Progress of the upload"
        />
        <span>
          Uploading: {filesDone.toLocaleString("en")} of {countInWords(filesTotal, "file")}, {bytesInWords(bytesDone)}{" "}
          of {bytesInWords(bytesTotal)}
        </span>
        <button type="button" onClick={onStop}>
          Stop
        </button>
      </div>
      {waiting !== null && <Notice tone="warn">{waiting} The upload then goes on by itself, where it stopped.</Notice>}
    </>
  );
}

/** Files that are named one by one when they could not be uploaded. */
const MOST_NAMED = 10;

export function UploadDone({ outcome, onClose }: { readonly outcome: UploadOutcome; readonly onClose: () => void }) {
  const { uploaded, left, failed, unfinished } = outcome;
  return (
    <Notice tone={failed.length > 0 ? "bad" : "good"}>
      <p>
        {uploaded === 0 ? "Nothing was uploaded." : `${countInWords(uploaded, "file")} uploaded.`}
        {left > 0 && ` ${countInWords(left, "file")} left out.`}
        {failed.length > 0 && ` ${failed.length.toLocaleString("en")} could not be:`}
      </p>
      {failed.length > 0 && (
        <ul>
          {failed.slice(0, MOST_NAMED).map(({ path, why }) => (
            <li key={path}>
              {path}: {why}
            </li>
          ))}
          {failed.length > MOST_NAMED && <li>and {failed.length - MOST_NAMED} more</li>}
        </ul>
      )}
      {unfinished > 0 && (
        <p>
          What has come of {countInWords(unfinished, "file")} is kept for a day: choose or drop{" "}
          {unfinished === 1 ? "it" : "them"} here again to go on where {unfinished === 1 ? "it" : "they"} stopped.
        </p>
      )}
      <button type="button" className="link" onClick={onClose}>
        Dismiss
      </button>
    </Notice>
  );
}

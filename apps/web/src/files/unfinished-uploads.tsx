import type { Area } from "@twinfold/api";
import { useState } from "react";
import { Notice } from "../components/notice.tsx";
import { bytesInWords, countInWords } from "../words.ts";
import { type BegunUpload, begunUploads } from "./begun-uploads.ts";
import { folderOf, nameOf } from "./place.ts";
import { giveUpload } from "./upload-requests.ts";

/** Uploads that are named one by one. */
const MOST_NAMED = 5;

/** What was being uploaded from this browser when its page was left: chosen again, it goes on where it stopped. */
export function UnfinishedUploads(props: {
  readonly instanceId: string;
  readonly area: Area;
  /** The folder that is looked at. */
  readonly folder: string;
  readonly goTo: (folder: string) => void;
}) {
  const { instanceId, area, folder, goTo } = props;
  // Read anew at each rendering: other tabs have uploads, too.
  const [, setGiven] = useState(0);
  const all = begunUploads.all(instanceId, area);
  if (all.length === 0) return null;
  const giveUp = ({ address, forget }: BegunUpload) => {
    forget();
    giveUpload(address);
    setGiven((count) => count + 1);
  };
  return (
    <Notice tone="warn">
      <p>
        {countInWords(all.length, "upload")} {all.length === 1 ? "is" : "are"} not finished. What has come is kept for a
        day: choose or drop the same {all.length === 1 ? "file" : "files"} in the same folder, and{" "}
        {all.length === 1 ? "it goes" : "they go"} on where {all.length === 1 ? "it" : "they"} stopped.
      </p>
      <ul>
        {all.slice(0, MOST_NAMED).map((one) => (
          <li key={one.address}>
            {one.path} ({bytesInWords(one.size)}){" "}
            {folderOf(one.path) !== folder && (
              <button type="button" className="link" onClick={() => goTo(folderOf(one.path))}>
                Go to its folder<span className="visually-hidden"> ({nameOf(one.path)})</span>
              </button>
            )}{" "}
            <button type="button" className="link" onClick={() => giveUp(one)}>
              Give it up<span className="visually-hidden"> ({nameOf(one.path)})</span>
            </button>
          </li>
        ))}
        {all.length > MOST_NAMED && <li>and {all.length - MOST_NAMED} more</li>}
      </ul>
    </Notice>
  );
}

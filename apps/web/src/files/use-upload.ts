import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { z } from "zod";
import { ApiFailure, post } from "../api.ts";
import { untilReached } from "../until-reached.ts";
import type { AskWriteChoice } from "../write-file.ts";
import { begunUploads } from "./begun-uploads.ts";
import type { Chosen } from "./dropped.ts";
import { joinPath } from "./place.ts";
import { uploadFile } from "./upload-file.ts";

export interface UploadProgress {
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  /** Why nothing happens at the moment; null while it goes on. */
  readonly waiting: string | null;
}

export interface UploadOutcome {
  readonly uploaded: number;
  /** Files that stayed out because their user said so, or broke it off. */
  readonly left: number;
  readonly failed: readonly { readonly path: string; readonly why: string }[];
  /** Files of which something has come that is kept: chosen again, they go on where they stopped. */
  readonly unfinished: number;
}

/** Files on their way at a time. */
const TOGETHER = 3;

/** After these, the next file would fare no better: not logged in, not allowed, no room. */
const ENDS_ALL: ReadonlySet<number> = new Set([401, 403, 507]);

/** Uploads what was chosen; what is chosen meanwhile comes after it. */
export function useUpload(instanceId: string) {
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const [outcome, setOutcome] = useState<UploadOutcome | null>(null);
  const breakOff = useRef<AbortController | null>(null);
  const last = useRef<Promise<void>>(Promise.resolve());
  const client = useQueryClient();
  const isRunning = progress !== null;
  useEffect(() => {
    if (!isRunning) return;
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", leaving);
    return () => window.removeEventListener("beforeunload", leaving);
  }, [isRunning]);

  function upload(area: string, folder: string, chosen: Chosen, ask: AskWriteChoice): void {
    if (chosen.files.length === 0 && chosen.folders.length === 0) return;
    if (breakOff.current === null) setOutcome(null);
    last.current = last.current.then(() => run(area, folder, chosen, ask));
  }

  async function run(area: string, folder: string, { folders, files }: Chosen, ask: AskWriteChoice): Promise<void> {
    const aborter = new AbortController();
    breakOff.current = aborter;
    const { signal } = aborter;
    const bytesTotal = files.reduce((sum, { file }) => sum + file.size, 0);
    const sent = new Map<string, number>();
    const failed: { path: string; why: string }[] = [];
    let done = 0;
    let uploaded = 0;
    let failedFiles = 0;
    let waiting: string | null = null;
    const show = () => {
      const bytesDone = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
      setProgress({ filesDone: done, filesTotal: files.length, bytesDone, bytesTotal, waiting });
    };
    const onWaiting = (why: string) => {
      waiting = why;
      show();
    };
    const fail = (path: string, error: unknown) => {
      if (signal.aborted) return;
      failed.push({ path, why: error instanceof Error ? error.message : String(error) });
      if (error instanceof ApiFailure && ENDS_ALL.has(error.status)) aborter.abort();
    };
    show();
    for (const path of folders) {
      if (signal.aborted) break;
      const target = { area, path: joinPath(folder, path) };
      const make = () => post(`/api/instances/${instanceId}/folder`, target, z.object({}), signal);
      await untilReached(make, { signal, onWaiting }).catch((error: unknown) => {
        if (!(error instanceof ApiFailure && error.code === "exists")) fail(path, error);
      });
    }
    const queue = [...files];
    const placeOf = (path: string) => ({ instanceId, area, path: joinPath(folder, path) });
    const work = async () => {
      for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
        const { path, file } = next;
        const onSent = (bytes: number) => {
          sent.set(path, Math.min(bytes, file.size));
          waiting = null;
          show();
        };
        try {
          if ((await uploadFile(placeOf(path), file, ask, { onSent, signal, onWaiting })) !== null) uploaded++;
        } catch (error) {
          if (!signal.aborted) failedFiles++;
          fail(path, error);
        }
        done++;
        onSent(file.size);
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, work));
    breakOff.current = null;
    setProgress(null);
    const left = files.length - uploaded - failedFiles;
    const unfinished = files.filter(({ path, file }) => begunUploads.find(placeOf(path), file) !== null).length;
    setOutcome((before) => ({
      uploaded: uploaded + (before?.uploaded ?? 0),
      left: left + (before?.left ?? 0),
      failed: [...(before?.failed ?? []), ...failed],
      unfinished: unfinished + (before?.unfinished ?? 0),
    }));
    await client.invalidateQueries({ queryKey: ["files", instanceId] });
  }

  return { progress, outcome, upload, stop: () => breakOff.current?.abort(), dismiss: () => setOutcome(null) };
}

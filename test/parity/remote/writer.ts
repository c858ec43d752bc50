import { contentHash } from "@twinfold/dropbox-rules";
import {
  baseName,
  type ContentHash,
  FileSystemError,
  type OpenFile,
  type RelativePath,
  type Remote,
  type RemoteId,
  type RemoteWrite,
  type Rev,
  transientName,
  type WriteResult,
} from "@twinfold/engine";
import type { Answer } from "../lockstep.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Expected, Source, WriteStep } from "./steps.ts";
import type { ItemWords } from "./words.ts";

/** Named where nothing was seen that has one. */
const NO_REV = "0000000000000ffffffff" as Rev;
const NO_ID = "id:AAAAAAAAAAAAAAAAAAAAAA" as RemoteId;
const noSignal = new AbortController().signal;

/** Writes of the port, and what they were answered with. */
export class Writer {
  readonly #remote: Remote;
  readonly #knowledge: Knowledge;
  readonly #words: ItemWords;
  #keys = 0;

  constructor(remote: Remote, knowledge: Knowledge, words: ItemWords) {
    this.#remote = remote;
    this.#knowledge = knowledge;
    this.#words = words;
  }

  async write(steps: readonly WriteStep[]): Promise<Answer> {
    const writes: RemoteWrite[] = [];
    for (const step of steps) writes.push(await this.#writeOf(step));
    const lines = new Map<number, string>();
    const results = new Map<number, WriteResult>();
    let committing = 0;
    const gate = {
      async share<T>(commit: () => Promise<T>): Promise<T> {
        committing++;
        try {
          return await commit();
        } finally {
          committing--;
        }
      },
    };
    const report = (reported: readonly WriteResult[]) => {
      for (const result of reported) {
        const { key } = result;
        if (results.has(key)) lines.set(key, "! told twice");
        else if ("entry" in result && committing === 0) lines.set(key, "! told when pages may have overtaken it");
        results.set(key, result);
      }
    };
    await this.#remote.write(writes, gate, report, noSignal);
    return writes.map(({ key, path }) => `${path}: ${lines.get(key) ?? this.#wordsOf(path, results.get(key))}`);
  }

  #wordsOf(path: RelativePath, result: WriteResult | undefined): string {
    if (result === undefined) return "! not told";
    if ("error" in result) return `refused: ${result.error.code}`;
    this.#knowledge.saw(path, result.entry);
    return result.entry === null ? "deleted" : this.#words.told(result.entry);
  }

  async #writeOf(step: WriteStep): Promise<RemoteWrite> {
    const key = ++this.#keys;
    const path = step.path as RelativePath;
    switch (step.write) {
      case "create-folder":
        return { kind: "create-folder", key, path };
      case "copy-folder": {
        const there = await this.#knowledge.of(step.from, step.id);
        return { kind: "copy-folder", key, from: there?.kind === "folder" ? there.id : NO_ID, path };
      }
      case "move": {
        const from = step.from as RelativePath;
        const aside = transientName(key, baseName(path));
        return { kind: "move", key, from, path, aside, id: await this.#id(from, step.id) };
      }
      case "delete":
        return {
          kind: "delete",
          key,
          path,
          rev: await this.#rev(path, step.rev),
          id: await this.#id(path, step.id),
          isWanted: () => step.wanted,
        };
      case "upload": {
        const bytes = Buffer.from(step.content);
        return {
          kind: "upload",
          key,
          path,
          base: await this.#rev(path, step.base),
          size: bytes.length,
          hash: contentHash(bytes) as ContentHash,
          mtime: step.mtime,
          open: () => sourceOf(bytes, step.source),
        };
      }
      default:
        return step satisfies never;
    }
  }

  async #id(path: string, expected: Expected | null): Promise<RemoteId | null> {
    return expected === null ? null : ((await this.#knowledge.of(path, expected))?.id ?? NO_ID);
  }

  async #rev(path: string, expected: Expected | null): Promise<Rev | null> {
    if (expected === null) return null;
    const there = await this.#knowledge.of(path, expected);
    return there?.kind === "file" ? there.rev : NO_REV;
  }
}

async function sourceOf(bytes: Uint8Array, source: Source): Promise<OpenFile> {
  if (source === "gone") throw new FileSystemError("not-found", "source" as RelativePath, "the source is gone");
  const content = source === "other" ? bytes.map((byte) => byte ^ 1) : bytes;
  return {
    size: content.length,
    async *read(start, end) {
      if (end > start) yield content.subarray(start, end);
    },
    verify: async () => source !== "torn",
    close: async () => undefined,
  };
}

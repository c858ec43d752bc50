import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileSystem, FileSystemError, type Fingerprint, type RelativePath } from "@twinfold/engine";
import { expect, onTestFinished } from "vitest";
import { type OpenedFileSystem, openFileSystem } from "../src/index.ts";
import { shaHasher } from "./sha-hasher.ts";

export const at = (path: string) => path as RelativePath;

/** A new folder as the engine sees it; both are gone when the test ends. */
export function openFolder(): { readonly root: string; readonly files: OpenedFileSystem } {
  const base = mkdtempSync(join(tmpdir(), "twinfold-folder-"));
  const root = join(base, "root");
  mkdirSync(root);
  const files = openFileSystem({ root, hasher: shaHasher, session: "test" });
  onTestFinished(async () => {
    await files.close().catch(() => undefined);
    rmSync(base, { recursive: true, force: true });
  });
  return { root, files };
}

export async function fingerprintOf(files: FileSystem, path: string): Promise<Fingerprint> {
  const stat = await files.stat(at(path));
  if (stat === null) throw new Error(`${path} is not there`);
  return stat.fingerprint;
}

export async function* piecesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

/** The code that a call is refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => "was not refused",
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FileSystemError);
  return (error as FileSystemError).code;
}

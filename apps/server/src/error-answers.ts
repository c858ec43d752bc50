import { FilesError, type FilesErrorCode, SnapshotError, type SnapshotErrorCode } from "@twinfold/workspaces";
import type { FastifyError } from "fastify";
import { RequestError } from "./server-error.ts";

const FILES_STATUS: Readonly<Record<FilesErrorCode, number>> = {
  "not-found": 404,
  exists: 409,
  changed: 412,
  "bad-path": 400,
  "not-a-folder": 409,
  "not-a-file": 409,
  full: 507,
  denied: 403,
};

const SNAPSHOT_STATUS: Readonly<Record<SnapshotErrorCode, number>> = { "not-found": 404, unreadable: 409, full: 507 };

/** How a request that can't be carried out is answered: the status, the code, and a sentence for people. */
export function explain(error: FastifyError | Error): readonly [number, string, string] {
  if (error instanceof RequestError) return [error.status, error.code, error.message];
  if (error instanceof FilesError) return [FILES_STATUS[error.code], error.code, error.message];
  if (error instanceof SnapshotError) return [SNAPSHOT_STATUS[error.code], error.code, error.message];
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
  if (status === 429) return [429, "too-many-tries", "Too many tries: wait a minute."];
  if (status === 413) return [413, "too-large", "That is larger than this server takes: its operator sets the limit."];
  if (status < 500) return [status, "bad-request", error.message];
  return [500, "internal", "Something went wrong on the server. It was noted in its log."];
}

import { headerSafeJson } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { fileReply } from "../http/file-reply.ts";
import { readPathType, revType } from "./argument-types.ts";
import { lookupFile, orPathError } from "./metadata.ts";
import { fileMetadata } from "./metadata-shape.ts";
import { userRoute, WholeReply } from "./route.ts";

const argument = z.strictObject({ path: readPathType, rev: revType.nullish() });

export const download = userRoute<z.infer<typeof argument>>({
  name: "files/download",
  style: "download",
  scope: "files.content.read",
  argument,
  handle: async ({ arg, request, services: { store } }, { scope }) => {
    const wanted = arg.rev === null || arg.rev === undefined ? arg.path : `rev:${arg.rev}`;
    const file = orPathError(() => lookupFile(store, scope, wanted));
    return new WholeReply(
      fileReply(store, request, file, { "dropbox-api-result": headerSafeJson(fileMetadata(scope, file, false)) }),
    );
  },
});

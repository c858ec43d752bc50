import * as z from "zod";
import { tagged } from "../http/api-error.ts";
import { listPathType, tagType } from "./argument-types.ts";
import { lookup, orPathError } from "./metadata.ts";
import { userRoute } from "./route.ts";
import { entryFound, MAXIMUM_MATCHES, matches } from "./search.ts";

const argument = z.strictObject({
  path: listPathType,
  query: z.string().min(1).max(1000),
  start: z
    .int()
    .min(0)
    .max(MAXIMUM_MATCHES - 1)
    .default(0),
  max_results: z.int().min(1).max(1000).default(100),
  mode: tagType(["filename", "filename_and_content", "deleted_filename"], "filename"),
});

/** The deprecated search: its folder has to be there, and its pages are asked for by number. */
export const searchV1 = userRoute<z.infer<typeof argument>>({
  name: "files/search",
  style: "rpc",
  scope: "files.metadata.read",
  argument,
  handle: async ({ arg, services: { store } }, { scope }) => {
    orPathError(() => lookup(store, scope, arg.path));
    const found = matches(store, scope, {
      query: arg.query,
      path: arg.path,
      deleted: arg.mode === "deleted_filename",
      latestFirst: false,
      extensions: [],
      categories: [],
    });
    const start = Math.min(arg.start + arg.max_results, found.length);
    return {
      matches: found
        .slice(arg.start, start)
        .map((entry) => ({ match_type: tagged("filename"), metadata: entryFound(scope, entry) })),
      more: start < found.length,
      start,
    };
  },
});

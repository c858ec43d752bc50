import { headerSafeJson } from "@twinfold/dropbox-rules";
import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import { fileReply } from "../http/file-reply.ts";
import { originOf } from "../http/origin.ts";
import { type Reply, textReply } from "../http/reply.ts";
import { zipReply } from "./download-zip.ts";
import type { LinkCall } from "./link-call.ts";
import { userRoute, WholeReply } from "./route.ts";
import { sharedLinkMetadata } from "./shared-link-shape.ts";
import { followSharedLink, resolveSharedLink } from "./shared-links.ts";

const argument = z.strictObject({
  url: z.string(),
  path: z.string().startsWith("/").nullish(),
  link_password: z.string().nullish(),
});

/** The content of the file that a shared link leads to. */
export const getSharedLinkFile = userRoute<z.infer<typeof argument>>({
  name: "sharing/get_shared_link_file",
  style: "download",
  scope: "sharing.read",
  argument,
  handle: async ({ arg, request, services: { store } }, { scope }) => {
    const { link, entry } = followSharedLink(store, arg.url, arg.path);
    if (entry.hash === null) throw routeError(tagged("shared_link_is_directory"));
    const result = headerSafeJson(sharedLinkMetadata(originOf(request), scope, link, entry));
    return new WholeReply(fileReply(store, request, { ...entry, hash: entry.hash }, { "dropbox-api-result": result }));
  },
});

/** What a browser gets at a shared link: the file itself, or the folder as a zip file. */
export async function answerSharedLink({ request, query, services }: LinkCall): Promise<Reply> {
  const { store, settings, bandwidth } = services;
  const found = resolveSharedLink(store, `${originOf(request)}${request.url ?? ""}`, query.get("path"));
  if (found === null) return textReply(404, "There is nothing at this link: it was removed, or what it led to was.");
  const { entry } = found;
  const reply =
    entry.hash === null
      ? zipReply(store, settings, entry, {})
      : fileReply(store, request, { ...entry, hash: entry.hash }, {});
  return bandwidth.outgoing(entry.ns, reply);
}

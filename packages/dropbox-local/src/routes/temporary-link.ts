import { randomBytes } from "node:crypto";
import * as z from "zod";
import { fileReply } from "../http/file-reply.ts";
import { originOf } from "../http/origin.ts";
import { type Reply, textReply } from "../http/reply.ts";
import { signed, verified } from "../store/signed.ts";
import { commitType, readPathType } from "./argument-types.ts";
import type { LinkCall } from "./link-call.ts";
import { lookupFile, orPathError } from "./metadata.ts";
import { fileMetadata } from "./metadata-shape.ts";
import { userRoute } from "./route.ts";

/** How long a link to upload by may live, in seconds (specification, get_temporary_upload_link). */
const LONGEST = 4 * 3600;

const argument = z.strictObject({ path: readPathType });

const heldType = z.object({ ns: z.number(), app: z.string(), stamp: z.number(), expires: z.number() });

/** A link by which anybody can have one version of a file for some hours. */
export const getTemporaryLink = userRoute<z.infer<typeof argument>>({
  name: "files/get_temporary_link",
  style: "rpc",
  scope: "files.content.read",
  argument,
  handle: async ({ arg, request, services: { store, settings } }, { scope, owner }) => {
    const file = orPathError(() => lookupFile(store, scope, arg.path));
    const held = {
      ns: file.ns,
      app: owner.app,
      stamp: file.stamp,
      expires: store.now() + settings.temporaryLinkSeconds * 1000,
    };
    const link = `${originOf(request)}/apitl/1/AA${signed(store.secret, "temporary-link", held)}`;
    return { metadata: fileMetadata(scope, file, false), link };
  },
});

/** What is at the end of such a link. */
export async function answerTemporaryLink({ name, request, services: { store, bandwidth } }: LinkCall): Promise<Reply> {
  const held = heldType.safeParse(verified(store.secret, "temporary-link", name.slice(2)));
  const file = held.success ? store.tree.revisions.find(held.data.ns, held.data.stamp) : undefined;
  if (!held.success || file === undefined || store.apps.byKey(held.data.app) === undefined)
    return textReply(404, "There is no such link.");
  if (held.data.expires <= store.now()) return textReply(410, "This link has expired.");
  return bandwidth.outgoing(file.ns, fileReply(store, request, file, {}));
}

const uploadArgument = z.strictObject({
  commit_info: commitType,
  duration: z.number().min(60).max(LONGEST).default(LONGEST),
});

/** A link by which anybody can upload one file, once. */
export const getTemporaryUploadLink = userRoute<z.infer<typeof uploadArgument>>({
  name: "files/get_temporary_upload_link",
  style: "rpc",
  scope: "files.content.write",
  argument: uploadArgument,
  handle: async ({ arg, request, services: { store } }, { owner }) => {
    const word = randomBytes(24).toString("base64url");
    const expires = store.now() + arg.duration * 1000;
    await store.commit(() => store.links.createUploadLink(word, owner, JSON.stringify(arg.commit_info), expires));
    return { link: `${originOf(request)}/apitul/1/${word}` };
  },
});

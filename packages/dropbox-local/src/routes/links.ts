import { ApiError } from "../http/api-error.ts";
import { type Reply, textReply } from "../http/reply.ts";
import type { LinkCall } from "./link-call.ts";
import { answerSharedLink } from "./shared-link-content.ts";
import { answerTemporaryLink } from "./temporary-link.ts";
import { answerTemporaryUpload } from "./temporary-upload.ts";

interface LinkKind {
  readonly prefix: string;
  readonly methods: readonly string[];
  answer(call: LinkCall): Promise<Reply>;
}

const KINDS: readonly LinkKind[] = [
  { prefix: "/apitl/1/", methods: ["GET", "HEAD"], answer: answerTemporaryLink },
  { prefix: "/apitul/1/", methods: ["POST"], answer: answerTemporaryUpload },
  { prefix: "/scl/", methods: ["GET", "HEAD"], answer: answerSharedLink },
];

/** Answers for an address that is a link which was handed out; null for any other. */
export function linkAt(path: string): ((call: Omit<LinkCall, "name">) => Promise<Reply>) | null {
  const kind = KINDS.find(({ prefix }) => path.startsWith(prefix));
  if (kind === undefined) return null;
  return async (call) => {
    if (!kind.methods.includes(call.request.method ?? "")) return textReply(405, `Use ${kind.methods.join(" or ")}.`);
    try {
      return await kind.answer({ ...call, name: path.slice(kind.prefix.length) });
    } catch (error) {
      if (error instanceof ApiError) return error.reply;
      throw error;
    }
  };
}

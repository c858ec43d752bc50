import { useMutation } from "@tanstack/react-query";
import type { Application } from "@twinfold/api";
import { z } from "zod";
import { post } from "../api.ts";
import { Deadline } from "./deadline.tsx";
import { Failure, Notice } from "./notice.tsx";

/** Says that an application will be stopped because nobody uses it, while there is time to keep it. */
export function IdleNotice({ application: { id, idleStopAt } }: { readonly application: Application }) {
  const keep = useMutation({ mutationFn: () => post(`/api/applications/${id}/keep`, {}, z.object({})) });
  if (idleStopAt === null) return null;
  return (
    <Notice tone="warn">
      <p>
        Nobody has used it for a while: it is stopped <Deadline at={idleStopAt} />.
      </p>
      <button type="button" onClick={() => keep.mutate()} disabled={keep.isPending}>
        Keep it running
      </button>
      <Failure error={keep.error} />
    </Notice>
  );
}

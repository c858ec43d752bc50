import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DistributionNotice, Instance } from "@twinfold/api";
import { Link } from "react-router";
import { z } from "zod";
import { post } from "../api.ts";
import { useDistributionNotices } from "../distribution-queries.ts";
import { instanceInWords, pathsInWords } from "../words.ts";
import { Moment } from "./moment.tsx";
import { Failure, Notice } from "./notice.tsx";

/** What others have distributed to the user's instances, above whichever page she is on. */
export function DistributionNotices({ instances }: { readonly instances: readonly Instance[] }) {
  const { data } = useDistributionNotices();
  const client = useQueryClient();
  const putAway = useMutation({
    mutationFn: ({ instanceId, distributionId }: DistributionNotice) =>
      post(`/api/instances/${instanceId}/distributions/${distributionId}/put-away`, {}, z.object({})),
    onSettled: () => client.invalidateQueries({ queryKey: ["distribution notices"] }),
  });
  return (
    <>
      <Failure error={putAway.error} />
      {data?.notices.map((one) => {
        const instance = instances.find(({ id }) => id === one.instanceId);
        if (instance === undefined) return null;
        return (
          <Notice key={`${one.distributionId} ${one.instanceId}`} tone="good">
            <p>
              {one.by} has distributed {pathsInWords(one.paths)} to {instanceInWords(instance)},{" "}
              <Moment at={one.begunAt} />.
            </p>
            <div className="row">
              <Link to={`/instances/${one.instanceId}/files`}>Look at the files</Link>
              <button type="button" onClick={() => putAway.mutate(one)} disabled={putAway.isPending}>
                Dismiss
              </button>
            </div>
          </Notice>
        );
      })}
    </>
  );
}

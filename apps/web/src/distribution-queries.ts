import { useQuery } from "@tanstack/react-query";
import { distributionList, distributionNotices } from "@twinfold/api";
import { get } from "./api.ts";

/** The user's own distributions from an instance; asked again and again while one is under way. */
export const useDistributions = (id: string) =>
  useQuery({
    queryKey: ["distributions", id],
    queryFn: () => get(`/api/instances/${id}/distributions`, distributionList),
    refetchInterval: ({ state }) =>
      state.data?.distributions.some(({ targets }) => targets.some(isUnderWay)) === true ? 2_000 : false,
  });

export const isUnderWay = ({ state }: { readonly state: string }) => state === "waiting" || state === "working";

/** What was distributed to instances of the user's, until she puts it away. */
export const useDistributionNotices = () =>
  useQuery({
    queryKey: ["distribution notices"],
    queryFn: () => get("/api/distribution-notices", distributionNotices),
  });

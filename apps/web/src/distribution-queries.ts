import { useQuery } from "@tanstack/react-query";
import { distributionList, distributionNotices, fileListing, snapshotFiles } from "@twinfold/api";
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

interface StageEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly size: number;
}

/** What of a folder can be put on the stage: of the files as they are now, or of a snapshot. */
export const useStageListing = (id: string, snapshotId: string | null, path: string) =>
  useQuery({
    queryKey: ["files", id, "stage", snapshotId, path],
    queryFn: async (): Promise<readonly StageEntry[]> => {
      const files = `/api/instances/${id}`;
      if (snapshotId !== null)
        return (await get(`${files}/snapshots/${snapshotId}/files?${new URLSearchParams({ path })}`, snapshotFiles))
          .entries;
      return (await get(`${files}/files?${new URLSearchParams({ area: "workspace", path })}`, fileListing)).entries;
    },
  });

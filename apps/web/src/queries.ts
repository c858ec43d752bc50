import { useQuery } from "@tanstack/react-query";
import {
  activityPage,
  applicationKind,
  comparison,
  deletedItems,
  fileListing,
  instance,
  link,
  snapshotFiles,
  snapshotList,
  syncDetails,
  undoList,
  user,
} from "@twinfold/api";
import { z } from "zod";
import { ApiFailure, get, post } from "./api.ts";

/** Who is logged in; null when nobody is. */
export const useMe = () =>
  useQuery({
    queryKey: ["me"],
    queryFn: async () => {
      try {
        return await get("/api/me", user);
      } catch (error) {
        if (error instanceof ApiFailure && error.status === 401) return null;
        throw error;
      }
    },
  });

export const useInstances = () =>
  useQuery({ queryKey: ["instances"], queryFn: () => get("/api/instances", z.array(instance)) });

/** What can be started on this server. */
export const useApplicationKinds = () =>
  useQuery({ queryKey: ["application kinds"], queryFn: () => get("/api/application-kinds", z.array(applicationKind)) });

/** Asked for again each minute: nobody tells when the space used is another. */
export const useLink = () =>
  useQuery({ queryKey: ["link"], queryFn: () => get("/api/dropbox", link), refetchInterval: 60_000 });

export const useSyncDetails = (id: string) =>
  useQuery({ queryKey: ["sync", id], queryFn: () => get(`/api/instances/${id}/sync`, syncDetails) });

/** The newest entries, or those before one. */
export const useActivity = (id: string, before: string | undefined) =>
  useQuery({
    queryKey: ["activity", id, before],
    queryFn: () => get(`/api/instances/${id}/activity${before === undefined ? "" : `?before=${before}`}`, activityPage),
    // Each page that was left is forgotten: there may be many.
    gcTime: 0,
  });

/** The user's own undos that run, or that she has not put away. */
export const useUndos = (id: string) =>
  useQuery({ queryKey: ["undos", id], queryFn: () => get(`/api/instances/${id}/undos`, undoList) });

/** `restoring`: what is done of it is asked again and again. */
export const useSnapshots = (id: string, restoring: boolean) =>
  useQuery({
    queryKey: ["snapshots", id],
    queryFn: () => get(`/api/instances/${id}/snapshots`, snapshotList),
    refetchInterval: ({ state }) => (restoring || state.data?.restoring != null ? 500 : false),
  });

/** A snapshot with the files as they are now, never from before; only what a restore of some paths would undo, where they are said. */
export const useComparison = (id: string, snapshotId: string, paths?: readonly string[]) =>
  useQuery({
    queryKey: ["snapshots", id, snapshotId, "now", paths],
    queryFn: () => {
      const at = `/api/instances/${id}/snapshots/${snapshotId}`;
      if (paths === undefined) return get(`${at}/compare`, comparison);
      return post(`${at}/restore/preview`, { paths }, comparison);
    },
    gcTime: 0,
    staleTime: 0,
  });

interface ListedEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
  readonly size: number;
}

/** What is in a folder of the workspace: as it is now, or in a snapshot. */
export const useListing = (id: string, snapshotId: string | null, path: string) =>
  useQuery({
    queryKey: ["files", id, "listing", snapshotId, path],
    queryFn: async (): Promise<readonly ListedEntry[]> => {
      const files = `/api/instances/${id}`;
      if (snapshotId !== null)
        return (await get(`${files}/snapshots/${snapshotId}/files?${new URLSearchParams({ path })}`, snapshotFiles))
          .entries;
      return (await get(`${files}/files?${new URLSearchParams({ area: "workspace", path })}`, fileListing)).entries;
    },
  });

export const useDeletedItems = (id: string, area: string) =>
  useQuery({
    queryKey: ["files", id, area, "deleted"],
    queryFn: () => get(`/api/instances/${id}/deleted?${new URLSearchParams({ area })}`, deletedItems),
  });

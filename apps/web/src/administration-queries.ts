import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { administered, auditPage, type Level, membership } from "@twinfold/api";
import { get } from "./api.ts";

const KEY = ["administration"];

/** What the user manages or administers; empty for everybody else. */
export const useAdministered = () =>
  useQuery({ queryKey: KEY, queryFn: () => get("/api/administration", administered) });

/** Below what a unit's routes are. */
export const unitAddress = (level: Level, id: string) => `/api/administration/${level}/${id}`;

export const useMembership = (level: Level, id: string) =>
  useQuery({
    queryKey: [...KEY, level, id, "members"],
    queryFn: () => get(`${unitAddress(level, id)}/members`, membership),
  });

/** The newest entries of an organization's audit log, or those before one. */
export const useAudit = (id: string, before: string | undefined) =>
  useQuery({
    queryKey: [...KEY, "organization", id, "audit", before],
    queryFn: () =>
      get(`${unitAddress("organization", id)}/audit${before === undefined ? "" : `?before=${before}`}`, auditPage),
    // Each page that was left is forgotten: there may be many.
    gcTime: 0,
  });

/** After a change: what is administered, and whose instances are what, is asked anew. */
export function useRefreshAdministration(): () => Promise<unknown> {
  const client: QueryClient = useQueryClient();
  return () =>
    Promise.all([client.invalidateQueries({ queryKey: KEY }), client.invalidateQueries({ queryKey: ["instances"] })]);
}

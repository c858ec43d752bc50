import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import { type AnyRoute, userRoute } from "./route.ts";

const listArgument = (limit: number) =>
  z.strictObject({ limit: z.int().min(1).max(limit).nullish(), actions: z.array(z.unknown()).nullish() });

const continueArgument = z.strictObject({ cursor: z.string() });

/** Nobody shares with somebody else here: what others have shared is an empty list, which clients ask for before they go on. */
function emptyList(name: string, limit: number): AnyRoute[] {
  const common = { style: "rpc", scope: "sharing.read" } as const;
  return [
    userRoute({ ...common, name, argument: listArgument(limit), handle: async () => ({ entries: [] }) }),
    userRoute({
      ...common,
      name: `${name}/continue`,
      argument: continueArgument,
      handle: async () => {
        // Nobody has a cursor of a list that is at its end.
        throw routeError(tagged("invalid_cursor"));
      },
    }),
  ];
}

export const receivedShareRoutes: readonly AnyRoute[] = [
  ...emptyList("sharing/list_folders", 1000),
  ...emptyList("sharing/list_mountable_folders", 1000),
  ...emptyList("sharing/list_received_files", 300),
];

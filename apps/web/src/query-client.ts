import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiFailure } from "./api.ts";

/** What the pages know of the server. Whichever answer says that the login has ended, all of it is forgotten. */
export function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof ApiFailure && error.code === "not-logged-in") forgetUser(client);
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: (failures, error) => failures < 1 && !isRefusal(error) } },
  });
  return client;
}

/** Nobody is logged in any more: the login is shown, and nothing of hers is left for whoever is next. */
function forgetUser(client: QueryClient): void {
  client.setQueryData(["me"], null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
}

/** Asked again, the server would say the same. */
function isRefusal(error: Error): boolean {
  return error instanceof ApiFailure && error.status >= 400 && error.status < 500;
}

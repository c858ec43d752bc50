import type { Instance } from "@twinfold/api";
import { Outlet, useOutletContext, useParams } from "react-router";
import { useInstances } from "../queries.ts";
import { NotFoundPage } from "./not-found-page.tsx";

/** Around the pages of one instance: they are shown once it is known, and not for one that the user is not in. */
export function InstancePages() {
  const { id } = useParams();
  const { data, isFetching } = useInstances();
  const instance = data?.find((one) => one.id === id);
  if (instance !== undefined) return <Outlet context={instance} />;
  if (isFetching) return <p className="quiet">Looking up the instance.</p>;
  // Why they could not be looked up is said above each page.
  if (data === undefined) return null;
  return <NotFoundPage title="There is no such instance">It was deleted, or you are not in it.</NotFoundPage>;
}

/** The instance that the page is about. */
export const useInstance = () => useOutletContext<Instance>();

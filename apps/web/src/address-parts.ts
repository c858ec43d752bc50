import { type NavigateOptions, useSearchParams } from "react-router";

type Parts = Readonly<Record<string, string | null>>;

/**
 * What is open on a page, as the query of its address says it: a reload, the browser's Back and a copied link open the same.
 * @returns the query, and how to change parts of it; null takes a part away
 */
export function useAddressParts(): readonly [URLSearchParams, (parts: Parts, how?: NavigateOptions) => void] {
  const [search, setSearch] = useSearchParams();
  const set = (parts: Parts, how: NavigateOptions = {}) => {
    const before = new URLSearchParams(location.search);
    const next = new URLSearchParams(before);
    for (const [name, value] of Object.entries(parts)) {
      if (value === null) next.delete(name);
      else next.set(name, value);
    }
    // A dialog may tell twice that it is closed: that is one step back.
    if (`${next}` !== `${before}`) setSearch(next, how);
  };
  return [search, set];
}

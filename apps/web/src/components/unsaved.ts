import { useEffect } from "react";
import { useLocation } from "react-router";

/** Asks before unsaved changes would be lost. @returns whether to go on */
export function mayLose(unsaved: boolean, path: string): boolean {
  return !unsaved || confirm(`Your changes to ${path} are not saved. Leave them?`);
}

/** Those who ask before the browser goes back or forward to another page. @returns whether it may */
const asked = new Set<(to: PopStateEvent) => boolean>();

// Here, as this is loaded before the router is made: one that is added later is told after the router has gone there.
window.addEventListener("popstate", (event) => {
  if (![...asked].every((mayGo) => mayGo(event))) event.stopImmediatePropagation();
});

/** While there are unsaved changes, a link to elsewhere, the browser's Back and Forward, and a closed window ask first. */
export function useUnsavedGuard(unsaved: boolean, path: string): void {
  const place = useLocation();
  useEffect(() => {
    if (!unsaved) return;
    const here = placeInHistory(history.state);
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    const following = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      // A download leaves the page where it is.
      const elsewhere = link !== null && !(link.getAttribute("href") ?? "").startsWith("/api/");
      if (!elsewhere || mayLose(unsaved, path)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const mayGo = (to: PopStateEvent) => {
      // The address is the other one already; what is being edited stays where only the page's folder is another.
      if (location.pathname === place.pathname || mayLose(unsaved, path)) return true;
      // Most often by one, where that is not known.
      history.go(here - placeInHistory(to.state) || 1);
      return false;
    };
    window.addEventListener("beforeunload", leaving);
    asked.add(mayGo);
    document.addEventListener("click", following, true);
    return () => {
      window.removeEventListener("beforeunload", leaving);
      asked.delete(mayGo);
      document.removeEventListener("click", following, true);
    };
  }, [unsaved, path, place]);
}

/** As the router counts the entries of the history that it makes; NaN for others. */
const placeInHistory = (state: { readonly idx?: number } | null) => state?.idx ?? Number.NaN;

import { useEffect } from "react";

/** Asks before unsaved changes would be lost. @returns whether to go on */
export function mayLose(unsaved: boolean, path: string): boolean {
  return !unsaved || confirm(`Your changes to ${path} are not saved. Leave them?`);
}

/** While there are unsaved changes, a link to elsewhere and a closed window ask first. */
export function useUnsavedGuard(unsaved: boolean, path: string): void {
  useEffect(() => {
    if (!unsaved) return;
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    const following = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      // A download leaves the page where it is.
      const elsewhere = link !== null && !(link.getAttribute("href") ?? "").startsWith("/api/");
      if (!elsewhere || mayLose(unsaved, path)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener("beforeunload", leaving);
    document.addEventListener("click", following, true);
    return () => {
      window.removeEventListener("beforeunload", leaving);
      document.removeEventListener("click", following, true);
    };
  }, [unsaved, path]);
}

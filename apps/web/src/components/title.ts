import { useEffect } from "react";

/** The browser's title for this page. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Twinfold`;
  }, [title]);
}

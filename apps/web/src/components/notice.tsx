import type { ReactNode } from "react";

/** Something to be read: what happened, why, and what to do. */
export function Notice({ tone, children }: { readonly tone: "good" | "warn" | "bad"; readonly children: ReactNode }) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "good" ? "status" : "alert"}>
      {children}
    </div>
  );
}

/** What an empty page says to do first; `alone`: the page has no other heading. */
export function EmptyState(props: { readonly title: string; readonly alone?: boolean; readonly children: ReactNode }) {
  const { title, alone, children } = props;
  return (
    <div className="empty">
      {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

export function Failure({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null;
  return <Notice tone="bad">{error instanceof Error ? error.message : String(error)}</Notice>;
}

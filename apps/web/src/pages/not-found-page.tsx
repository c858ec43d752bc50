import type { ReactNode } from "react";
import { Link } from "react-router";
import { useTitle } from "../components/title.ts";

/** Nothing is at this address: says so, and leads on. */
export function NotFoundPage({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  useTitle(title);
  return (
    <>
      <h1>{title}</h1>
      <p>
        {children} <Link to="/">To your applications</Link>
      </p>
    </>
  );
}

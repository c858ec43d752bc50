import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { Link } from "react-router";
import { fileAddress, getFile } from "../api.ts";
import { Picture } from "./picture.tsx";
import { joinPath, type Place } from "./place.ts";
import { pictureType } from "./preview.ts";

const MarkdownText = lazy(() => import("./markdown.tsx").then((module) => ({ default: module.MarkdownText })));

/** A folder's README.md as its writer meant it; links and pictures in it are those of the folder. */
export function Readme(props: {
  readonly instanceId: string;
  readonly place: Place;
  readonly name: string;
  readonly version: number;
}) {
  const { instanceId, place, name } = props;
  const address = fileAddress(instanceId, place.area, joinPath(place.path, name));
  const { data } = useQuery({
    queryKey: ["readme", address, props.version],
    queryFn: async () => new TextDecoder().decode((await getFile(address)).bytes),
    placeholderData: (before) => before,
  });
  if (data === undefined) return null;
  return (
    <article className="card readme" aria-label={name}>
      <Suspense>
        <MarkdownText
          text={data}
          components={{
            // The page has its own main heading.
            h1: ({ children }) => <h2>{children}</h2>,
            a: ({ href, children }) => <Elsewhere to={href} place={place} words={children} />,
            img: ({ src, alt }) => {
              const path = typeof src === "string" ? within(place.path, src) : null;
              // Pictures from elsewhere would tell there who reads this.
              if (path === null || pictureType(path) === undefined) return <span className="quiet">[{alt}]</span>;
              return <Picture place={{ instanceId, area: place.area, path }} alt={alt ?? ""} />;
            },
          }}
        />
      </Suspense>
    </article>
  );
}

function Elsewhere(props: { readonly to: string | undefined; readonly place: Place; readonly words: ReactNode }) {
  const { to, place, words } = props;
  if (to === undefined || to === "" || to.startsWith("#")) return words;
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(to)) {
    return (
      <a href={to} target="_blank" rel="noreferrer noopener">
        {words}
      </a>
    );
  }
  const path = within(place.path, to);
  if (path === null) return words;
  // To the folder that it is in, or is.
  const folder = to.endsWith("/") ? path : path.split("/").slice(0, -1).join("/");
  return <Link to={`?${new URLSearchParams({ area: place.area, path: folder })}`}>{words}</Link>;
}

/** What an address in a folder's text means, as a path from the top; null for what lies elsewhere. */
function within(folder: string, address: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(address)) return null;
  const base = new URL(`file:///${folder === "" ? "" : `${folder.split("/").map(encodeURIComponent).join("/")}/`}`);
  try {
    return decodeURIComponent(new URL(address, base).pathname).replace(/^\/|\/$/g, "");
  } catch {
    return null;
  }
}

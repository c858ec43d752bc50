import type { Area } from "@twinfold/api";
import { useAddressParts } from "../address-parts.ts";

/** What the Files page looks at; its address says so. */
export interface Place {
  readonly area: Area;
  /** The folder, below the area's root; "" is the root. */
  readonly path: string;
  readonly hidden: boolean;
  /** Only names with this in them. */
  readonly find: string;
  /** Names of files in the folder, "" for none: which is edited, which is looked at, and which is compared with the last snapshot. */
  readonly edit: string;
  readonly view: string;
  readonly compare: string;
}

/** What a path ends with. */
export const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
/** What it lies in; "" is the root. */
export const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const joinPath = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

/** @returns where the page is, and how to go elsewhere */
export function usePlace(): readonly [Place, (next: Partial<Place>) => void] {
  const [search, setParts] = useAddressParts();
  const place: Place = {
    area: search.get("area") === "personal" ? "personal" : "workspace",
    path: search.get("path") ?? "",
    hidden: search.get("hidden") === "1",
    find: search.get("find") ?? "",
    edit: search.get("edit") ?? "",
    view: search.get("view") ?? "",
    compare: search.get("compare") ?? "",
  };
  const go = (next: Partial<Place>) => {
    const parts = Object.entries(next).map(([name, value]) => [name, value === true ? "1" : value || null]);
    // What is looked for is typed letter by letter: that is no place to go back to.
    setParts(Object.fromEntries(parts), { replace: next.find !== undefined && next.path === undefined });
  };
  return [place, go];
}

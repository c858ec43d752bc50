import { MAXIMUM_ZIP_ENTRIES } from "@twinfold/dropbox-rules";
import { type FolderExtent, parentPath, type RelativePath, type RemoteRead } from "@twinfold/engine";

/** Fewer files than this are not worth a zip file. */
const WORTH_A_ZIP = 8;
/** Things in one zip file, where there can be several as well: they come side by side, and the first of them sooner. */
const ENOUGH = 2_500;
/** Requests that a zip file may be made into, so that things come side by side. */
const FEW = 64;
/** Bytes. A zip file can't be continued where it broke. */
export const LARGEST_ZIP = 256 * 1024 * 1024;
/** Bytes. Larger files are fetched by themselves: they can be continued. */
const LARGEST_IN_ZIP = 16 * 1024 * 1024;
/** Bytes that may come along unwanted, for each request that is saved: about what is received in a request's round trip. */
const UNWANTED = 64 * 1024;

/** A folder that is fetched whole, and what is wanted of it. */
export interface ZipFolder {
  readonly path: RelativePath;
  readonly reads: readonly RemoteRead[];
}

export interface ZipPlan {
  readonly folders: readonly ZipFolder[];
  readonly single: readonly RemoteRead[];
}

interface Folder {
  readonly path: RelativePath;
  readonly direct: RemoteRead[];
  readonly inside: Folder[];
}

/**
 * Chooses the folders that are fetched as zip files, so that as few requests as possible bring little that is not wanted.
 * Dropbox makes one of a folder with fewer than 10,000 entries (`files/download_zip`). Pure but for `extent`.
 */
export function planZips(
  reads: readonly RemoteRead[],
  extent: (folder: RelativePath, most: number) => FolderExtent | null,
): ZipPlan {
  const small = choose(treeOf(reads.filter(({ size }) => size <= LARGEST_IN_ZIP)));
  return { folders: small.folders, single: [...small.single, ...reads.filter(({ size }) => size > LARGEST_IN_ZIP)] };

  function choose(folder: Folder): ZipPlan {
    const wanted = within(folder);
    if (wanted.length < WORTH_A_ZIP) return { folders: [], single: wanted };
    const whole = isWorthIt(folder.path, wanted)
      ? { folders: [{ path: folder.path, reads: wanted }], single: [] }
      : null;
    if (whole !== null && wanted.length <= ENOUGH) return whole;
    const parts = folder.inside.map(choose);
    const split = {
      folders: parts.flatMap(({ folders }) => folders),
      single: [...folder.direct, ...parts.flatMap(({ single }) => single)],
    };
    return whole !== null && split.folders.length + split.single.length > FEW ? whole : split;
  }

  function isWorthIt(path: RelativePath, wanted: readonly RemoteRead[]): boolean {
    // Twice as many things as are wanted, folders among them, are certainly too much.
    const all = extent(path, Math.min(2 * wanted.length + FEW, MAXIMUM_ZIP_ENTRIES - 2));
    if (all === null || all.bytes > LARGEST_ZIP) return false;
    const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
    return all.bytes - bytes <= wanted.length * UNWANTED;
  }
}

function within({ direct, inside }: Folder): RemoteRead[] {
  return [...direct, ...inside.flatMap(within)];
}

/** The folders of what is wanted, from the session's own down. */
function treeOf(reads: readonly RemoteRead[]): Folder {
  const root: Folder = { path: "" as RelativePath, direct: [], inside: [] };
  const known = new Map<RelativePath, Folder>([[root.path, root]]);
  const folderAt = (path: RelativePath): Folder => {
    const there = known.get(path);
    if (there !== undefined) return there;
    const folder: Folder = { path, direct: [], inside: [] };
    known.set(path, folder);
    folderAt(parentPath(path)).inside.push(folder);
    return folder;
  };
  for (const read of reads) folderAt(parentPath(read.path)).direct.push(read);
  return root;
}

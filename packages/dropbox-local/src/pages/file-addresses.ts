/** The address of a page about a path; `more` are further parameters of it. */
export function pageAt(page: string, path: string, more: Readonly<Record<string, string>> = {}): string {
  return `${page}?${new URLSearchParams({ path, ...more })}`;
}

/** The folder in which a path lies. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The address of a folder's page; `deleted`: with what was deleted there. */
export function folderAt(folder: string, deleted = false): string {
  if (folder === "" && !deleted) return "/files";
  return pageAt("/files", folder, deleted ? { deleted: "1" } : {});
}

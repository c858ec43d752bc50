/** The address of a page about a path; `more` are further parameters of it. */
export function pageAt(page: string, path: string, more: Readonly<Record<string, string>> = {}): string {
  return `${page}?${new URLSearchParams({ path, ...more })}`;
}

/** The address of a folder's page; `deleted`: with what was deleted there. */
export function folderAt(folder: string, deleted = false): string {
  if (folder === "" && !deleted) return "/files";
  return pageAt("/files", folder, deleted ? { deleted: "1" } : {});
}

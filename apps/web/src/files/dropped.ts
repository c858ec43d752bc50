/** What was chosen or dropped to be uploaded; paths are relative to the folder that it is to come to. */
export interface Chosen {
  /** The outer ones first. */
  readonly folders: readonly string[];
  readonly files: readonly { readonly path: string; readonly file: File }[];
}

/** Of a field for files, or for a whole folder. */
export function chosenIn(list: FileList | null): Chosen {
  const files = [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  return { folders: [...folders].sort(), files };
}

/** Folders that were dropped come with all that is in them. To be called while the event goes on: it is empty later. */
export async function droppedIn(transfer: DataTransfer): Promise<Chosen> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const folders: string[] = [];
  const files: { path: string; file: File }[] = [];
  const visit = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      files.push({ path, file });
      return;
    }
    folders.push(path);
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      // Some at a time, until none is left.
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const inner of some) await visit(inner, `${path}/${inner.name}`);
    }
  };
  for (const entry of entries) await visit(entry, entry.name);
  return { folders, files };
}

function foldersOf(path: string): string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
}

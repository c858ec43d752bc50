import { z } from "zod";

/** Where a file is to come to. */
export interface UploadPlace {
  readonly instanceId: string;
  readonly area: string;
  readonly path: string;
}

const PREFIX = "twinfold.upload ";
/** Milliseconds since its beginning after which an upload is forgotten here; the server keeps it for a day after its last byte. */
const FORGOTTEN_AFTER = 7 * 24 * 3_600_000;

const begun = z.object({ address: z.string(), at: z.number() });
const keyed = z.tuple([z.string(), z.string(), z.string(), z.number(), z.number()]);

/** An upload that was begun, whether its file is at hand or not. */
export interface BegunUpload {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Where the server takes its parts. */
  readonly address: string;
  /** It is not to go on. */
  readonly forget: () => void;
}

/** The same file at the same place, as far as a page can tell: its name, its size, and when it was last changed. */
const keyOf = ({ instanceId, area, path }: UploadPlace, { size, lastModified }: File) =>
  PREFIX + JSON.stringify([instanceId, area, path, size, lastModified]);

/**
 * Uploads that were begun in this browser and are not done: after a reload, the same file goes on where it stopped. Without a
 * storage that may be used, nothing is remembered.
 */
export const begunUploads = {
  /** Where it goes on; null when it begins anew. */
  find(place: UploadPlace, file: File): string | null {
    return read(keyOf(place, file))?.address ?? null;
  },
  remember(place: UploadPlace, file: File, address: string): void {
    quietly(() => {
      for (const key of keys()) if (read(key) === null) localStorage.removeItem(key);
      localStorage.setItem(keyOf(place, file), JSON.stringify({ address, at: Date.now() }));
    });
  },
  forget(place: UploadPlace, file: File): void {
    remove(keyOf(place, file));
  },
  /** All that were begun to an area of an instance, the last one first. */
  all(instanceId: string, area: string): readonly BegunUpload[] {
    const found = (quietly(keys) ?? []).flatMap((key) => {
      const [instance, to, path, size] = quietly(() => keyed.parse(JSON.parse(key.slice(PREFIX.length)))) ?? [];
      const known = read(key);
      if (instance !== instanceId || to !== area || path === undefined || size === undefined || known === null)
        return [];
      return [{ path, size, ...known, forget: () => remove(key) }];
    });
    return found.sort((one, other) => other.at - one.at);
  },
};

const remove = (key: string) => void quietly(() => localStorage.removeItem(key));
const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

function read(key: string): z.infer<typeof begun> | null {
  return (
    quietly(() => {
      const known = begun.safeParse(JSON.parse(localStorage.getItem(key) ?? "null")).data;
      return known !== undefined && known.at > Date.now() - FORGOTTEN_AFTER ? known : null;
    }) ?? null
  );
}

/** Browsers may keep a page from storing anything, or have no room. */
function quietly<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}

/** A name or path as Linux has it, bytes of any kind: a string with a character for each (`latin1`). */
export type Bytes = string;

export const toText = (bytes: Bytes): string => Buffer.from(bytes, "latin1").toString("utf8");
export const toBytes = (text: string): Bytes => Buffer.from(text, "utf8").toString("latin1");

const PLAIN = /^[\0-\x7f]*$/;

/** As Node takes it for a path: most names are plain, and strings cost less. */
export const asPath = (bytes: Bytes): string | Buffer => (PLAIN.test(bytes) ? bytes : Buffer.from(bytes, "latin1"));

export const joinBytes = (folder: Bytes, name: Bytes): Bytes => (folder === "" ? name : `${folder}/${name}`);

/** A path, and those of the folders on the way to it before it. */
export function pathsTo(path: Bytes): Bytes[] {
  const names = path.split("/");
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
}

import { nameOf } from "../store/paths.ts";

/** One field of a form that is sent as `multipart/form-data`. */
export interface Part {
  readonly name: string;
  /** Null for fields that are no files; `""` where no file was chosen. Without folders. */
  readonly fileName: string | null;
  /** To be read before the next part is asked for. @throws MultipartError at an end that came too early */
  readonly content: AsyncIterable<Uint8Array>;
  /** The content as text. @throws MultipartError beyond 64 KiB */
  text(): Promise<string>;
}

/** The body is no form, or ends in the middle of one; the message is a sentence for people. */
export class MultipartError extends Error {
  override readonly name = "MultipartError";
}

/** The most bytes of a part's head, and of a field that is read as text. */
const LONGEST = 64 * 1024;

/**
 * The fields of a form as they arrive (RFC 7578); never holds more than a piece of a file.
 * @throws MultipartError
 */
export async function* parts(body: AsyncIterable<Uint8Array>, contentType: string): AsyncGenerator<Part> {
  const match = /^multipart\/form-data;.*\bboundary=(?:"([^"]{1,70})"|([^;\s"]{1,70}))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw new MultipartError("This is not a form with files.");
  const bytes = new Marked(body);
  const delimiter = `\r\n--${boundary}`;
  await drain(bytes.until(delimiter));
  for (;;) {
    const rest = await collect(bytes.until("\r\n"));
    if (rest.startsWith("--")) return;
    const head = await collect(bytes.until("\r\n\r\n"));
    const content = bytes.until(delimiter);
    yield { ...nameIn(head), content, text: () => collect(content) };
    await drain(content);
  }
}

/** Bytes that are read up to marks in them. */
class Marked {
  readonly #source: AsyncIterator<Uint8Array>;
  // The first delimiter may lack the line end that comes before all others.
  #held: Buffer = Buffer.from("\r\n");

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** What comes before the mark, which is skipped. */
  async *until(mark: string): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      const safe = at < 0 ? this.#held.length - mark.length + 1 : at;
      if (safe > 0) {
        const before = this.#held.subarray(0, safe);
        this.#held = this.#held.subarray(safe);
        yield before;
      }
      if (at >= 0) {
        this.#held = this.#held.subarray(mark.length);
        return;
      }
      const next = await this.#source.next();
      if (next.done === true) throw new MultipartError("The form ended too early: nothing of its last part was kept.");
      this.#held = Buffer.concat([this.#held, next.value]);
    }
  }
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of content);
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content) {
    size += piece.length;
    if (size > LONGEST) throw new MultipartError("A field of the form is too long.");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** What a part's head says of its name; browsers write quotes and line ends in names as `%22`, `%0D` and `%0A`. */
function nameIn(head: string): Pick<Part, "name" | "fileName"> {
  const line = /^content-disposition: *form-data *;(.*)$/im.exec(head)?.[1] ?? "";
  const value = (key: string): string | null => {
    const found = new RegExp(`(?:^|;) *${key}="([^"]*)"`, "i").exec(line)?.[1];
    return found === undefined ? null : found.replace(/%(22|0D|0A)/gi, (code) => decodeURIComponent(code));
  };
  const name = value("name");
  if (name === null) throw new MultipartError("A field of the form has no name.");
  const fileName = value("filename");
  return { name, fileName: fileName === null ? null : nameOf(fileName) };
}

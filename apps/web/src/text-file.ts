/** A file's content as a text field can hold it: with lines that end in LF, and what else is needed to write it as it was. */
export interface EditedText {
  readonly text: string;
  readonly lineEnd: string;
  /** The byte order mark, where the file begins with one. */
  readonly mark: string;
}

/** What can't be edited as text without being changed unasked. */
export class NotEditable extends Error {
  override readonly name = "NotEditable";
}

const MARK = "\ufeff";

/** @throws NotEditable for what a text field would not give back as it was */
export function decodeText(bytes: ArrayBuffer): EditedText {
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotEditable("This file is not a text, so it can't be edited here: download it.");
  }
  if (content.includes("\0"))
    throw new NotEditable("This file is not a text, so it can't be edited here: download it.");
  const mark = content.startsWith(MARK) ? MARK : "";
  const lineEnds = new Set(content.match(/\r\n|\r|\n/g));
  if (lineEnds.size > 1) {
    throw new NotEditable(
      "The lines of this file end in more than one way, which a text field can't keep: edit it in an application.",
    );
  }
  return {
    text: content.slice(mark.length).replace(/\r\n?/g, "\n"),
    lineEnd: [...lineEnds][0] ?? "\n",
    mark,
  };
}

/** The same with another text. */
export function encodeText(was: EditedText, text: string): string {
  return was.mark + text.replaceAll("\n", was.lineEnd);
}

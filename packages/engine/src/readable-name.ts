import type { RemoteNames } from "./ports/remote.ts";

/** The longest name that is proposed, in UTF-16 code units: what most take. */
const LONGEST = 120;

/** A name like this one that the remote takes, to be proposed to a person; null where none was found. */
export function readableName(name: string, names: Pick<RemoteNames, "refusal">): string | null {
  const plain = name
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to go.
    .replace(/[\\\0-\x1f\x7f\ufffd]/g, "_")
    .trim();
  const dot = plain.lastIndexOf(".");
  const extension = dot > 0 && plain.length - dot <= 16 ? plain.slice(dot) : "";
  const short = `${[...plain.slice(0, plain.length - extension.length)].slice(0, LONGEST).join("")}${extension}`;
  for (const one of [plain, short, `_${plain}`, `${plain}_`])
    if (one !== "" && one !== name && names.refusal(one) === null) return one;
  return null;
}

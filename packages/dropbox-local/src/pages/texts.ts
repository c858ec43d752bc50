/**
 * The text that bytes are in UTF-8; null for what is no text. `cut`: they are the beginning of something longer, which may end
 * amid a character.
 */
export async function asText(content: AsyncIterable<Uint8Array>, cut = false): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const text = decoder.decode(Buffer.concat(chunks), { stream: cut });
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** The ways in which the lines of a text end. */
export function lineEnds(text: string): string[] {
  return [...new Set(text.match(/\r\n|\r|\n/g))];
}

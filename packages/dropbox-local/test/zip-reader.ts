import { crc32 } from "node:zlib";

export interface ReadEntry {
  readonly path: string;
  readonly content: Buffer;
  /** ISO 8601. */
  readonly modified: string;
}

/** Reads a zip file of stored entries by its directory, and checks each content against its checksum and its own header. */
export function readZip(zip: Buffer): ReadEntry[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const entries: ReadEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error("no directory entry where one should be");
    const crc = zip.readUInt32LE(at + 16);
    const size = zip.readUInt32LE(at + 24);
    const nameLength = zip.readUInt16LE(at + 28);
    const offset = zip.readUInt32LE(at + 42);
    const path = zip.toString("utf8", at + 46, at + 46 + nameLength);
    if (zip.readUInt32LE(offset) !== 0x04034b50) throw new Error(`no header for ${path}`);
    if (zip.toString("utf8", offset + 30, offset + 30 + zip.readUInt16LE(offset + 26)) !== path)
      throw new Error(`another name in the header of ${path}`);
    const start = offset + 30 + nameLength + zip.readUInt16LE(offset + 28);
    const content = zip.subarray(start, start + size);
    if (crc32(content) !== crc) throw new Error(`wrong checksum of ${path}`);
    entries.push({ path, content, modified: dosTime(zip.readUInt32LE(at + 12)) });
    at += 46 + nameLength + zip.readUInt16LE(at + 30);
  }
  return entries;
}

function dosTime(value: number): string {
  const date = value >>> 16;
  const time = value & 0xffff;
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  return new Date(Date.UTC(year, month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2)).toISOString();
}

/** One thing in a zip file. Folders have no content. */
export interface ZipEntry {
  /** With slashes; a folder's ends in one. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly size: number;
  crc(): Promise<number>;
  content(): AsyncIterable<Uint8Array>;
}

const UTF8_NAMES = 0x0800;
const VERSION = 20;
const VERSION_ZIP64 = 45;
const MAX32 = 0xffffffff;
const FOLDER_ATTRIBUTE = 0x10;

interface Written {
  readonly entry: ZipEntry;
  readonly name: Buffer;
  readonly crc: number;
  readonly offset: number;
}

/**
 * A zip file as a stream: stored, not compressed, with sizes and checksums ahead of each content, so that a reader needs to
 * seek nowhere. Offsets beyond 4 GiB are written as zip64 (PKWARE's APPNOTE, 4.3).
 */
export async function* zipStream(entries: Iterable<ZipEntry>): AsyncGenerator<Uint8Array> {
  const directory: Written[] = [];
  let offset = 0;
  for (const entry of entries) {
    const written = { entry, name: Buffer.from(entry.path), crc: await entry.crc(), offset };
    const header = localHeader(written);
    yield header;
    yield* entry.content();
    directory.push(written);
    offset += header.length + entry.size;
  }
  const start = offset;
  for (const written of directory) {
    const header = directoryHeader(written);
    yield header;
    offset += header.length;
  }
  yield endOfDirectory(directory.length, start, offset - start);
}

function localHeader({ entry, name, crc }: Written): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(UTF8_NAMES, 6);
  header.writeUInt32LE(dosTime(entry.modified), 10);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(entry.size, 18);
  header.writeUInt32LE(entry.size, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function directoryHeader({ entry, name, crc, offset }: Written): Buffer {
  const far = offset >= MAX32;
  const extra = Buffer.alloc(far ? 12 : 0);
  if (far) {
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(8, 2);
    extra.writeBigUInt64LE(BigInt(offset), 4);
  }
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(far ? VERSION_ZIP64 : VERSION, 4);
  header.writeUInt16LE(far ? VERSION_ZIP64 : VERSION, 6);
  header.writeUInt16LE(UTF8_NAMES, 8);
  header.writeUInt32LE(dosTime(entry.modified), 12);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(entry.size, 20);
  header.writeUInt32LE(entry.size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(entry.path.endsWith("/") ? FOLDER_ATTRIBUTE : 0, 38);
  header.writeUInt32LE(far ? MAX32 : offset, 42);
  return Buffer.concat([header, name, extra]);
}

function endOfDirectory(count: number, start: number, size: number): Buffer {
  const far = start >= MAX32 || start + size >= MAX32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(far ? MAX32 : size, 12);
  end.writeUInt32LE(far ? MAX32 : start, 16);
  return far ? Buffer.concat([endOfDirectory64(count, start, size), end]) : end;
}

function endOfDirectory64(count: number, start: number, size: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(VERSION_ZIP64, 12);
  end.writeUInt16LE(VERSION_ZIP64, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  // Where to find it, for readers that begin at the end.
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + size), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

/** Date in the upper, time in the lower half; two-second steps from 1980 on, in UTC. */
function dosTime(milliseconds: number): number {
  const time = new Date(Math.max(milliseconds, Date.UTC(1980, 0, 1)));
  const year = Math.min(time.getUTCFullYear() - 1980, 127);
  const date = (year << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate();
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  return ((date << 16) | clock) >>> 0;
}

import { crc32, deflateRawSync } from "node:zlib";

interface Zipped {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * A zip file as one who can't seek writes it (PKWARE's APPNOTE, 4.3.9): compressed or not, with sizes and checksums behind
 * each content instead of ahead of it.
 */
export function streamedZip(files: readonly Zipped[], { deflated }: { readonly deflated: boolean }): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  const add = (piece: Buffer) => {
    pieces.push(piece);
    offset += piece.length;
  };
  for (const { name, content } of files) {
    const path = Buffer.from(name);
    const body = deflated ? deflateRawSync(content) : Buffer.from(content);
    const start = offset;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0808, 2);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    common.writeUInt16LE(path.length, 22);
    add(Buffer.concat([Buffer.from("PK\x03\x04"), common, path]));
    add(body);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(body.length, 4);
    sizes.writeUInt32LE(content.length, 8);
    add(Buffer.concat([Buffer.from("PK\x07\x08"), sizes]));
    sizes.copy(common, 10);
    const last = Buffer.alloc(14);
    last.writeUInt32LE(start, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, last, path]));
  }
  const start = offset;
  for (const entry of directory) add(entry);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(offset - start, 12);
  end.writeUInt32LE(start, 16);
  return Buffer.concat([...pieces, end]);
}

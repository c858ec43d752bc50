import { crc32, deflateSync } from "node:zlib";

/** A picture as an analysis leaves it behind: grey bars on white, as a PNG file of some hundred bytes. */
export function barChart(heights: readonly number[]): Buffer {
  const width = WIDTH * heights.length;
  const rows = Array.from({ length: HEIGHT }, (_, row) =>
    // The row's filter is none.
    Buffer.concat([Buffer.of(0), ...heights.map((height) => bar(HEIGHT - row <= height))]),
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits a pixel, all of them grey.
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Pixels. */
const WIDTH = 48;
const HEIGHT = 160;
const GAP = 8;

/** One bar's part of a row. */
const bar = (filled: boolean) => Buffer.alloc(WIDTH, 255).fill(filled ? 96 : 255, GAP, WIDTH - GAP);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

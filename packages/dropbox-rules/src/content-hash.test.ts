import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contentHash, createContentHasher, hashOfBlocks, isContentHash } from "./content-hash.ts";
import { BLOCK_SIZE } from "./limits.ts";

/** The definition, word for word: the oracle for everything below. */
function byDefinition(bytes: Uint8Array): string {
  const outer = createHash("sha256");
  for (let start = 0; start < bytes.length; start += BLOCK_SIZE)
    outer.update(
      createHash("sha256")
        .update(bytes.subarray(start, start + BLOCK_SIZE))
        .digest(),
    );
  return outer.digest("hex");
}

const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 255);

test("an empty file has the hash of nothing", () => {
  expect(contentHash(new Uint8Array(0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(createContentHasher().digest()).toBe(contentHash(new Uint8Array(0)));
});

test("contents whose hashes Dropbox itself has told have those hashes", () => {
  const told: [content: string, hash: string][] = [
    ["Test data\n", "709a5cf259366d6ca6b2fa4d3b53c02f5ce2b2764e9d580711e3ffd24d79f5e9"],
    ["Hola Dropbox!", "6e50b8ff301198b6715ed02ece1ff8a9983c6e9aa71bc561e14e2c514d7868cd"],
    ["Hallo Dropbox!", "a08cf7310b48da5822f42a39be4eebff13aff979b316bccc7da309ad6f00dd74"],
    ["Hello Dropbox!", "16dff8700700b9aa627e24bbf832940c084b41ade5c5d6fe5417963a547ed9c2"],
  ];
  for (const [content, hash] of told) expect(contentHash(Buffer.from(content))).toBe(hash);
});

test("lengths around the block size hash as defined, in one piece and in many", () => {
  for (const length of [1, BLOCK_SIZE - 1, BLOCK_SIZE, BLOCK_SIZE + 1, 2 * BLOCK_SIZE, 2 * BLOCK_SIZE + 7]) {
    const bytes = pattern(length);
    const expected = byDefinition(bytes);
    expect(contentHash(bytes)).toBe(expected);
    for (const piece of [BLOCK_SIZE, 1_000_003, 65_536]) {
      const hasher = createContentHasher();
      for (let start = 0; start < length; start += piece) hasher.update(bytes.subarray(start, start + piece));
      expect(hasher.digest()).toBe(expected);
    }
  }
});

test("however the bytes are cut into pieces, the hash is the same", () => {
  const bytes = pattern(BLOCK_SIZE + 5000);
  const expected = byDefinition(bytes);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
      const hasher = createContentHasher();
      const sorted = [0, ...cuts, bytes.length].sort((a, b) => a - b);
      for (let i = 1; i < sorted.length; i++) hasher.update(bytes.subarray(sorted[i - 1], sorted[i]));
      expect(hasher.digest()).toBe(expected);
    }),
    { numRuns: 20 },
  );
});

test("the block digests make up the hash", () => {
  const hasher = createContentHasher();
  hasher.update(pattern(BLOCK_SIZE * 2 + 3));
  const digests = hasher.blockDigests();
  expect(digests.length).toBe(3 * 32);
  expect(hashOfBlocks(digests)).toBe(byDefinition(pattern(BLOCK_SIZE * 2 + 3)));
  expect(isContentHash(hashOfBlocks(digests))).toBe(true);
  expect(isContentHash("E3B0")).toBe(false);
});

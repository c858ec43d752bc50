import { getHeapStatistics } from "node:v8";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { givesMemoryBackAtRest } from "../src/memory-at-rest.ts";

const MIB = 1024 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Leaves garbage that lived long enough to grow the heap. @returns how large that is then, in bytes */
function growHeap(): number {
  let kept: number[][] | null = Array.from({ length: 800 }, () => Array.from({ length: 10_000 }, (_, i) => i + 0.5));
  const { total_heap_size } = getHeapStatistics();
  expect(kept.length).toBe(800);
  kept = null;
  return total_heap_size;
}

test("what V8 keeps of garbage is given back when a session has been up to date for ten seconds, and not before", () => {
  const heard = givesMemoryBackAtRest();
  const grown = growHeap();
  heard({ state: "up to date" });
  vi.advanceTimersByTime(9_000);
  heard({ state: "syncing" });
  vi.advanceTimersByTime(60_000);
  expect(getHeapStatistics().total_heap_size).toBeGreaterThan(grown - 16 * MIB);
  heard({ state: "up to date" });
  vi.advanceTimersByTime(9_000);
  heard({ state: "up to date" });
  expect(getHeapStatistics().total_heap_size).toBeGreaterThan(grown - 16 * MIB);
  vi.advanceTimersByTime(1_000);
  expect(getHeapStatistics().total_heap_size).toBeLessThan(grown - 32 * MIB);

  // Looking at all files makes garbage again, though the state stays as it is.
  const again = growHeap();
  vi.advanceTimersByTime(60_000);
  expect(getHeapStatistics().total_heap_size).toBeLessThan(again - 32 * MIB);
});

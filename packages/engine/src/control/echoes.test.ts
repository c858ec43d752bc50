import { expect, test } from "vitest";
import { createEchoes } from "./echoes.ts";

test("while many writes are under way, what is heard can wait until two seconds after the last reading", () => {
  let now = 0;
  const underWay = new Map(Array.from({ length: 100 }, (_, id) => [id, { side: "remote" } as const]));
  let flows = false;
  const echoes = createEchoes({ monotonic: () => now }, underWay, { flows: () => flows });
  expect(echoes.canWait()).toBe(false);
  echoes.read();
  now = 1_999;
  expect(echoes.canWait()).toBe(true);
  now = 2_000;
  expect(echoes.canWait()).toBe(false);
  echoes.read();
  expect(echoes.canWait()).toBe(true);
  underWay.delete(0);
  expect(echoes.canWait()).toBe(false);
  flows = true;
  expect(echoes.canWait()).toBe(true);
});

test("what goes on on disk has no echo", () => {
  const underWay = new Map(Array.from({ length: 500 }, (_, id) => [id, { side: "local" } as const]));
  const echoes = createEchoes({ monotonic: () => 0 }, underWay, { flows: () => false });
  echoes.read();
  expect(echoes.canWait()).toBe(false);
});

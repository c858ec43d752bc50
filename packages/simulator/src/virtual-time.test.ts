import { expect, test } from "vitest";
import { VirtualTime } from "./virtual-time.ts";

test("what is due first happens first, whatever was asked first", async () => {
  const time = new VirtualTime();
  const order: string[] = [];
  void time.sleep(20).then(() => order.push("later"));
  void time.sleep(10).then(() => order.push("sooner"));
  void time.sleep(20).then(() => order.push("later, asked second"));
  await time.advance(15);
  expect(order).toEqual(["sooner"]);
  await time.advance(5);
  expect(order).toEqual(["sooner", "later", "later, asked second"]);
  expect(time.monotonic()).toBe(20);
});

test("an aborted sleep ends at once and rejects nothing", async () => {
  const time = new VirtualTime();
  const end = new AbortController();
  const sleeping = time.sleep(1000, end.signal);
  end.abort();
  await sleeping;
  await time.sleep(1000, end.signal);
  expect(time.monotonic()).toBe(0);
});

test("the wall clock may jump, and nobody sleeps longer for it", async () => {
  const time = new VirtualTime(1_000_000);
  const sleeping = time.sleep(10);
  time.jump(-500_000);
  expect(time.now()).toBe(500_000);
  await time.until(sleeping);
  expect(time.now()).toBe(500_010);
});

test("waiting for what nothing can bring about is an error, not for ever", async () => {
  const time = new VirtualTime();
  await expect(time.until(new Promise(() => undefined))).rejects.toThrow("nothing is left to happen");
  void time.sleep(100).then(function again(): Promise<void> {
    return time.sleep(100).then(again);
  });
  await expect(time.until(new Promise(() => undefined), 10_000)).rejects.toThrow("not done after 10000 ms");
});

test("time does not run ahead of promises, wherever it is asked to pass", async () => {
  const passed = await new Promise((resolve) => {
    setImmediate(async () => {
      const time = new VirtualTime();
      let woken = -1;
      void (async () => {
        for (let hop = 0; hop < 10; hop++) await undefined;
        await time.sleep(5);
        woken = time.monotonic();
      })();
      await time.advance(100);
      resolve(woken);
    });
  });
  expect(passed).toBe(5);
});

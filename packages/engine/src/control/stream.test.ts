import { beforeEach, expect, test } from "vitest";
import { createStream } from "./stream.ts";

let now: number;
beforeEach(() => {
  now = 0;
});

/** Hands out so many uploads, so often, every 100 ms. */
function send(stream: ReturnType<typeof createStream>, uploads: number, times: number): void {
  for (let time = 0; time < times; time++) {
    now += 100;
    stream.sends(uploads);
  }
}

test("edits that keep coming are a stream, until too few of them have gathered", () => {
  const stream = createStream({ monotonic: () => now });
  send(stream, 1, 9);
  expect(stream.flows()).toBe(false);
  send(stream, 1, 1);
  expect(stream.flows()).toBe(true);
  send(stream, 10, 3);
  expect(stream.flows()).toBe(true);
  now += 2_500;
  stream.sends(9);
  expect(stream.flows()).toBe(false);
});

test("edits now and then are none, nor is a stream one that has run dry", () => {
  const stream = createStream({ monotonic: () => now });
  for (let edit = 0; edit < 30; edit++) {
    now += 600;
    stream.sends(1);
    expect(stream.flows()).toBe(false);
  }
  now += 5_000;
  send(stream, 1, 10);
  expect(stream.flows()).toBe(true);
  now += 5_000;
  expect(stream.flows()).toBe(false);
});

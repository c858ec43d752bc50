import { openStore } from "@twinfold/store";
import { expect, test } from "vitest";
import { createEpoch } from "./epoch.ts";

test("a restore holds until both sides were one under it, also in a state that was set back, or is gone", () => {
  const store = openStore(":memory:");
  const at = (epoch: number, unheardEpoch = 0) => createEpoch(store, { epoch, unheardEpoch });
  expect(at(0).restored()).toBeNull();
  expect(at(0).isNew()).toBe(false);
  expect(at(2).restored()).toBe("heard");
  expect(at(2, 1).restored()).toBe("unheard");
  at(2, 1).settle();
  expect(at(2, 1).restored()).toBeNull();
  expect(at(2, 1).isNew()).toBe(false);
  expect(at(3, 1).restored()).toBe("heard");
  // The host remembers less than we do: with its next restore it is to be new all the same.
  expect(at(1).restored()).toBeNull();
  expect(at(1).isNew()).toBe(true);
  at(1).settle();
  expect(at(2, 2).restored()).toBe("unheard");
  store.close();
});

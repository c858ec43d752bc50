import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** Whether names can be exchanged here; on some file systems they can't. What the disk refuses of the next rename. */
const can = vi.hoisted(() => ({ exchange: true, refusal: null as Error | null }));
vi.mock("../src/rename.ts", async (original) => {
  const real = await original<typeof import("../src/rename.ts")>();
  return {
    exchangeNames: (a: string, b: string) => can.exchange && real.exchangeNames(a, b),
    renameIfFree(from: string, to: string) {
      const { refusal } = can;
      can.refusal = null;
      if (refusal !== null) throw refusal;
      return real.renameIfFree(from, to);
    },
  };
});

// A module of its own: what a test before this one has imported is not the one that is answered here.
const OWN = "../src/put-in-place.ts?own";
const { putInPlace } = (await import(OWN)) as typeof import("../src/put-in-place.ts");

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "twinfold-put-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const everything = () => Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(at(name), "utf8")]));

/** Puts `staged` where `a.txt` is; at the moment in which that has been taken away, something is done, and it is refused. */
function refused(meanwhile: () => void) {
  writeFileSync(at("a.txt"), "old");
  writeFileSync(at("staged"), "new");
  const isIt = () => {
    meanwhile();
    return false;
  };
  return putInPlace(at("staged"), at("a.txt"), { check: () => undefined, isIt });
}

describe.each([
  ["where names can be exchanged", true],
  ["where they can't", false],
])("%s", (_, exchange) => {
  beforeEach(() => {
    can.exchange = exchange;
  });

  test("a staged file takes a free name, or the place of a file, which has its name then", () => {
    writeFileSync(at("staged"), "new");
    const all = { check: () => undefined, isIt: () => true };
    expect(putInPlace(at("staged"), at("a.txt"), all)?.replaced).toBe(false);
    writeFileSync(at("staged"), "newer");
    expect(putInPlace(at("staged"), at("a.txt"), all)?.replaced).toBe(true);
    expect(everything()).toEqual({ "a.txt": "newer", staged: "new" });
  });
  test("what was refused is as it was", () => {
    expect(refused(() => undefined)).toBeNull();
    expect(everything()).toEqual({ "a.txt": "old", staged: "new" });
  });
  test("what is saved under the name in that moment, by a rename, is kept beside or has the name", () => {
    refused(() => {
      writeFileSync(at("b"), "saved meanwhile");
      renameSync(at("b"), at("a.txt"));
    });
    const { staged, ...others } = everything();
    expect(Object.values(others).toSorted()).toEqual(["old", "saved meanwhile"]);
    expect(staged ?? "new").toBe("new");
  });
  test("what is appended under the name in that moment is kept", () => {
    refused(() => appendFileSync(at("a.txt"), ", appended meanwhile"));
    const all = Object.values(everything()).join("; ");
    expect(all).toContain("appended meanwhile");
    expect(all).toContain("old");
    expect(everything().staged ?? "new").toBe("new");
  });
  test("what is deleted under the name in that moment leaves what was there", () => {
    refused(() => {
      try {
        unlinkSync(at("a.txt"));
      } catch {
        // Where names can't be exchanged there is none.
      }
    });
    expect(everything()["a.txt"]).toBe("old");
  });
  test("where the disk fails in that moment, what was there has its name again", () => {
    const fails = () => {
      throw new Error("the disk fails");
    };
    expect(() => refused(fails)).toThrow("the disk fails");
    expect(everything()).toEqual({ "a.txt": "old", staged: "new" });
  });
  test("what `check` refuses is not touched", () => {
    writeFileSync(at("a.txt"), "old");
    writeFileSync(at("staged"), "new");
    const check = () => {
      throw new Error("not that");
    };
    expect(() => putInPlace(at("staged"), at("a.txt"), { check, isIt: () => true })).toThrow("not that");
    expect(everything()).toEqual({ "a.txt": "old", staged: "new" });
  });
});

test("where names can't be exchanged and the disk takes no new one, what stepped aside has its name again", () => {
  Object.assign(can, { exchange: false, refusal: new Error("the disk is full") });
  writeFileSync(at("a.txt"), "old");
  writeFileSync(at("staged"), "new");
  const all = { check: () => undefined, isIt: () => true };
  expect(() => putInPlace(at("staged"), at("a.txt"), all)).toThrow("the disk is full");
  expect(everything()).toEqual({ "a.txt": "old", staged: "new" });
});

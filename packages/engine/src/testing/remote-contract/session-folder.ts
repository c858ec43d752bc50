import { describe, expect, test } from "vitest";
import { type RemoteSpeech, refused } from "./speech.ts";

export function sessionFolderContract(t: RemoteSpeech): void {
  describe("the session's folder", () => {
    test("is not there at first, and that is said", async () => {
      await refused("no-root", t.tree.read());
    });

    test("is made with its parents, and making it again does nothing", async () => {
      await t.remote.createRoot();
      await t.remote.createRoot();
      expect(await t.tree.read()).toEqual([]);
      expect(t.tree.cursor).toBeTypeOf("string");
    });
  });
}

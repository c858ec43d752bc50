import { beforeEach, describe, expect, test } from "vitest";
import type { CommitGate, RemoteWrite } from "../../ports/remote.ts";
import { at, never, type RemoteSpeech } from "./speech.ts";

export function batchContract(t: RemoteSpeech): void {
  describe("writes together, and the gate", () => {
    beforeEach(() => t.remote.createRoot());

    test("writes handed over together are each reported once, and one that fails leaves the others alone", async () => {
      const taken = await t.uploaded("taken", "x");
      const writes: RemoteWrite[] = [
        ...Array.from({ length: 30 }, (_, index) => t.upload(`file ${index}`, `content ${index}`)),
        t.upload("taken", "other"),
        t.folder("folder"),
        t.move("not there", "elsewhere"),
      ];
      const results = await t.writeAll(writes);
      const failed = writes.filter(({ key }) => "error" in (results.get(key) ?? {}));
      expect(failed.map((one) => one.path)).toEqual(["taken", "elsewhere"]);
      expect(await t.lookup("taken")).toMatchObject({ rev: taken.rev });
      expect(await t.lookup("file 29")).toMatchObject({ hash: t.hash("content 29") });
    });

    test("what commits is reported before the gate is let go", async () => {
      let inside = 0;
      let reportedInside = 0;
      const gate: CommitGate = {
        async share(commit) {
          inside++;
          try {
            return await commit();
          } finally {
            inside--;
          }
        },
      };
      const writes = [t.upload("a", "1"), t.upload("b", "2"), t.folder("c"), t.folder("d")];
      await t.remote.write(
        writes,
        gate,
        (results) => {
          if (inside > 0) reportedInside += results.length;
        },
        never,
      );
      expect(reportedInside).toBe(writes.length);
      expect(inside).toBe(0);
    });

    test("nothing commits while the gate is held by another", async () => {
      let open: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        open = resolve;
      });
      const asked = Promise.withResolvers<void>();
      const gate: CommitGate = {
        async share(commit) {
          asked.resolve();
          await held;
          return commit();
        },
      };
      const writing = t.writeAll([t.upload("a", "1")], gate);
      await asked.promise;
      expect(await t.other.lookup(at("a"), never)).toBeNull();
      open();
      await writing;
      expect(await t.other.lookup(at("a"), never)).not.toBeNull();
    });
  });
}

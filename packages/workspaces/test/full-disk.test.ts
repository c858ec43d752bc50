import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";

const PROGRAM = fileURLToPath(new URL("full-disk-program.ts", import.meta.url));
const mounts = await OwnMounts.open();
afterAll(() => mounts?.close());

test.skipIf(mounts === null)(
  "on a full disk files and snapshots can be deleted all the same; without the reserve it is said what to do",
  () => {
    const own = mounts as OwnMounts;
    const folder = mkdtempSync(join(tmpdir(), "twinfold-full-"));
    try {
      own.run("mount", "-t", "tmpfs", "-o", "size=32m", "none", folder);
      const [program = "", ...words] = [...own.through, process.execPath, PROGRAM, folder];
      const { stdout, stderr } = spawnSync(program, words, { encoding: "utf8" });
      expect(stderr).toBe("");
      expect(JSON.parse(stdout)).toEqual({
        "deleted while full": "done",
        "can be brought back": ["a"],
        "deleted with no reserve left": {
          name: "FilesError",
          code: "full",
          message: expect.stringMatching(/^The disk is so full that "b" can't be kept .*: delete for good /),
        },
        "is there": ["b", "c"],
        "kept folders": 1,
        "snapshot deleted with no reserve left": {
          name: "SnapshotError",
          code: "full",
          message: expect.stringContaining("The disk is full"),
        },
        "brought back": "a",
        "reserve with room": true,
        "snapshot deleted while full": "done",
        snapshots: 1,
        "snapshot deleted with room": "done",
        "reserve at the end": true,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

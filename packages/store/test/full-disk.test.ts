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
  "a full disk: nothing is lost, it is said what was refused, and all goes on with room",
  () => {
    const own = mounts as OwnMounts;
    const folder = mkdtempSync(join(tmpdir(), "twinfold-full-"));
    try {
      own.run("mount", "-t", "tmpfs", "-o", "size=2m", "none", folder);
      const [program = "", ...words] = [...own.through, process.execPath, PROGRAM, folder];
      const { stdout } = spawnSync(program, words, { encoding: "utf8" });
      const refused = { refusal: "full", code: "ERR_SQLITE_ERROR", message: "database or disk is full" };
      expect(JSON.parse(stdout)).toEqual({
        "written while full": refused,
        "read while full": ["before"],
        "renewed while full": refused,
        "renewed with room": "done",
        changed: [1, 2],
        "written with room": "done",
        "opened while full": { refusal: null, code: "full", message: expect.stringContaining("can't be used now") },
        kept: 501,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

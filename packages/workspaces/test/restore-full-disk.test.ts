import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "vitest";
import { OwnMounts } from "../../../test/scenarios/own-mounts.ts";

const mounts = await OwnMounts.open();

test.skipIf(mounts === null)("a restore for which the disk has no room says so, and leaves no copies on it", () => {
  const own = mounts as OwnMounts;
  const folder = mkdtempSync(join(tmpdir(), "twinfold-full-"));
  try {
    own.run("mount", "-t", "tmpfs", "-o", "size=16m", "none", folder);
    own.run(process.execPath, fileURLToPath(new URL("full-disk-child.ts", import.meta.url)), folder);
  } finally {
    own.run("umount", "-l", folder);
    rmSync(folder, { recursive: true });
  }
});

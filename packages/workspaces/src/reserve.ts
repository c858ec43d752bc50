import { randomBytes } from "node:crypto";
import { statfsSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { statOfName } from "./stat-of-name.ts";

/** Bytes: what some thirty deletions write down, or one of snapshots. */
const SIZE = 256 * 1024;
/** How many times that must be free before it is made: it takes nobody's last room. */
const PLENTY = 4;

const FULL: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "full"]);

/** Whether the disk is full, as the kernel says it, or we do. */
export const isFull = (error: unknown): boolean => FULL.has((error as { code?: unknown } | null)?.code);

/**
 * Room that is kept for when the disk is full: who deletes something so that it can come back writes down first what it was.
 * @param root all that lie in one folder have one reserve, beside them
 */
export function openReserve(root: string) {
  const folder = dirname(root);
  const file = `${folder}/.reserve`;

  /** Made anew once there is plenty of room again. */
  function refill(): void {
    try {
      if (statOfName(file) !== undefined) return;
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < PLENTY * SIZE) return;
      // At random: some file systems give what can be compressed no room.
      writeFileSync(file, randomBytes(SIZE), { mode: 0o600 });
    } catch {
      // Without it all goes on as long as there is room.
      letGo();
    }
  }

  /** @returns whether there was one */
  function letGo(): boolean {
    try {
      unlinkSync(file);
      return true;
    } catch {
      return false;
    }
  }

  refill();
  return {
    refill,
    /** Does what makes room, or leads to that; on a full disk a second time, in the room of the reserve. */
    async within<T>(body: () => T | Promise<T>): Promise<T> {
      try {
        return await body();
      } catch (error) {
        if (!isFull(error) || !letGo()) throw error;
        return await body();
      }
    },
  };
}

export type Reserve = ReturnType<typeof openReserve>;

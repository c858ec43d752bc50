import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { diskParity } from "./disk/parity.ts";
import { playSeed, tell } from "./lockstep.ts";

const SCRIPTS = 15;
const STEPS = 60;

/** A disk, and a file system in memory where there is one. */
const places = [tmpdir(), "/dev/shm"].filter((place) => existsSync(place));

describe.each(places)("the virtual disk and a folder in %s", (place) => {
  const parity = diskParity(place);

  test.each(Array.from({ length: SCRIPTS }, (_, index) => index + 1))(
    `answer alike to ${STEPS} random steps from seed %i`,
    async (seed) => {
      const difference = await playSeed(parity, seed, STEPS);
      expect(difference === null ? "" : `\n${tell(parity, difference)}`).toBe("");
    },
  );
});

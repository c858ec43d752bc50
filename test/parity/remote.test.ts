import { expect, test } from "vitest";
import { playSeed, tell } from "./lockstep.ts";
import { remoteParity } from "./remote/parity.ts";

const SCRIPTS = 30;
const STEPS = 60;

test.each(Array.from({ length: SCRIPTS }, (_, index) => index + 1))(
  `the virtual remote and a local Dropbox answer alike to ${STEPS} random steps from seed %i`,
  async (seed) => {
    const difference = await playSeed(remoteParity, seed, STEPS);
    expect(difference === null ? "" : `\n${tell(remoteParity, difference)}`).toBe("");
  },
);

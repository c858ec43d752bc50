import type { Pair, Parity } from "../lockstep.ts";
import { createDiskChooser } from "./chooser.ts";
import { DiskPlayer } from "./player.ts";
import { openRealSide } from "./real-side.ts";
import { type DiskStep, describeDiskStep } from "./steps.ts";
import { openVirtualSide } from "./virtual-side.ts";

/** The virtual disk with its port, and a real folder somewhere below `place` with the one for Linux. */
export function diskParity(place: string): Parity<DiskStep> {
  return {
    name: `the disk, in ${place}`,
    describe: describeDiskStep,
    async open(): Promise<Pair<DiskStep>> {
      const virtualSide = openVirtualSide();
      const virtual = new DiskPlayer(virtualSide);
      const real = new DiskPlayer(await openRealSide(place));
      await virtual.begin();
      await real.begin();
      return {
        choose: createDiskChooser(virtualSide.disk),
        play: async (step) => ({ virtual: await virtual.play(step), real: await real.play(step) }),
        async close() {
          await virtual.close();
          await real.close();
        },
      };
    },
  };
}

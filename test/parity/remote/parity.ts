import type { Pair, Parity } from "../lockstep.ts";
import { createRemoteChooser } from "./chooser.ts";
import { RemotePlayer } from "./player.ts";
import { openRealSide } from "./real-side.ts";
import { describeRemoteStep, type RemoteStep } from "./steps.ts";
import { openVirtualSide } from "./virtual-side.ts";

/** The virtual Dropbox with its port, and the port to Dropbox with a local Dropbox behind it. */
export const remoteParity: Parity<RemoteStep> = {
  name: "the remote",
  describe: describeRemoteStep,
  async open(): Promise<Pair<RemoteStep>> {
    const virtualSide = openVirtualSide();
    const virtual = new RemotePlayer(virtualSide);
    const real = new RemotePlayer(await openRealSide());
    return {
      choose: createRemoteChooser(virtualSide.dropbox),
      play: async (step) => ({ virtual: await virtual.play(step), real: await real.play(step) }),
      async close() {
        await virtual.close();
        await real.close();
      },
    };
  },
};

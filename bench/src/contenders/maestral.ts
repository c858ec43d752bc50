import { AT_REST, MAESTRAL_KEY, startMaestral } from "../../../test/clients/maestral.ts";
import type { Running } from "../../../test/clients/running.ts";
import type { Stage } from "../stage.ts";
import { type Contender, orEnded } from "./contender.ts";

/** It has done what there was when it asks for nothing any more; what it says of itself comes and goes meanwhile. */
const AT_REST_FOR = 2000;

/** Maestral, as its daemon runs it. */
export async function maestral(stage: Stage): Promise<Contender> {
  const { appKey } = await stage.dropbox.ensureApp({ name: "Maestral", key: MAESTRAL_KEY });
  const { refreshToken } = await stage.dropbox.grant({ account: stage.account, app: appKey });
  let daemon: Running | null = null;
  return {
    name: "Maestral",
    watches: true,
    base: "/Apps/Maestral",
    async start() {
      daemon = stage.own(await startMaestral(stage.startUnderDropboxNames, stage.root, refreshToken));
      await daemon.printed(AT_REST);
    },
    settle: () => orEnded(daemon, "Maestral", stage.quiet(AT_REST_FOR)),
    whileItRuns: (waited) => orEnded(daemon, "Maestral", waited),
    async stop() {
      daemon?.signal("SIGTERM");
      await daemon?.ended;
    },
  };
}

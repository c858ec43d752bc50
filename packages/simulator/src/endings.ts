import type { CallLog } from "./call-log.ts";
import type { Cast } from "./cast.ts";
import type { DiskUser } from "./disk-user.ts";
import type { EngineHost } from "./engine-host.ts";
import { fingerprintOf, hasTwoSpellings, isOneSided, isTaken } from "./rest.ts";

/** What a world that has come to rest is asked at last. */
export interface EndingParts {
  readonly cast: Cast;
  readonly calls: CallLog;
  readonly ignores: boolean;
  /** Brings all to rest once more; what is wrong then is told elsewhere. @returns whether nothing was */
  readonly settle: () => Promise<boolean>;
}

/** At rest: nothing is planned, and neither a restart nor the loss of all state changes a thing. @returns what is otherwise */
export async function unlasting({ cast, calls, ignores, settle }: EndingParts): Promise<string[]> {
  const wrong: string[] = [];
  let isSound = true;
  for (const host of cast.hosts) {
    const plan = await host.engine?.plan();
    if (plan !== undefined && plan.operations.length > 0)
      wrong.push(`${host.name} is at rest and still plans ${JSON.stringify(plan.operations)}`);
  }
  // What rules ignore by the spelling that was told last may not be ignored by the one that is told now.
  if (ignores && hasTwoSpellings(cast.sides())) return wrong;
  await expectUnchanged("a restart", (host) => host.kill());
  // With ignored files, a folder that was kept for them is new where it had gone: that is what a union is.
  const isUneven = cast.notSynced().some((one) => isTaken(one) || isOneSided(one));
  if (ignores || isUneven || !isSound || wrong.length > 0) return wrong;
  await expectUnchanged("the loss of all state", (host) => host.loseState());
  return wrong;

  async function expectUnchanged(event: string, happen: (host: EngineHost) => void): Promise<void> {
    const before = fingerprintOf(cast.sides());
    calls.takeChanges();
    for (const host of cast.hosts) happen(host);
    isSound = await settle();
    const after = fingerprintOf(cast.sides());
    if (after !== before) wrong.push(`${event} at rest changed something: ${before} became ${after}`);
    const needless = calls.takeChanges();
    // A folder that is kept for what is ignored in it is tried again at each start.
    if (needless.length > 0 && !ignores)
      wrong.push(`${event} at rest made engines do something: ${needless.join("; ")}`);
  }
}

/** No engine runs any more, and none has left anything in staging. */
export function leftInStaging(cast: Cast): string[] {
  return cast.disks.flatMap((_, disk) =>
    (cast.user("disk", disk) as DiskUser).staging().map((path) => `${path} is left in staging`),
  );
}

/** No engine has ended by itself. */
export function defects({ hosts }: Cast): string[] {
  return hosts.flatMap(({ name, defect }) => {
    if (defect === undefined) return [];
    const words = defect instanceof Error ? (defect.stack ?? defect.message) : String(defect);
    return [`${name} ended by an error: ${words}`];
  });
}

import type { Engine, RelativePath } from "@twinfold/engine";
import type { Cast } from "./cast.ts";
import type { EngineHost } from "./engine-host.ts";
import type { Person } from "./person.ts";
import { isForGood } from "./rest.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** How much virtual time both sides have to come together, in seconds. */
const LIMIT = 4 * 3600;
/** How much they may take where nothing fails and no other engine is waited for, people's answers included, in milliseconds. */
const SOON = 20_000;
/** How many timers may fire until then: far more than any honest work of so few files needs. */
const MOST_STEPS = 20_000;
/** How often engines may have to be asked in turn until none of them has anything left to do. */
const MOST_ROUNDS = 20;

/** An engine never comes to rest; there is no point in going on. */
export class Unrest extends Error {
  override readonly name = "Unrest";
}

/** Every engine runs, is asked to wait, and does until all rest at once. @param soon nothing excuses a delay @throws Unrest */
export async function comeToRest(
  cast: Cast,
  time: VirtualTime,
  person: Person,
  { isBeingWritten, soon }: { readonly isBeingWritten: () => boolean; readonly soon: boolean },
): Promise<void> {
  const begun = time.monotonic();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    while (isBeingWritten()) await time.advance(500);
    const before = cast.hosts.length === 1 ? "" : cast.situation();
    let again = false;
    for (const host of cast.hosts) again = (await settleOne(host, round < MOST_ROUNDS / 2)) || again;
    if (again || (cast.hosts.length > 1 && before !== cast.situation())) continue;
    const took = time.monotonic() - begun;
    if (soon && took > SOON) throw new Unrest(`it took ${Math.round(took / 1000)} s until all was at rest`);
    return;
  }
  throw new Unrest("the engines never come to rest together");

  /** @returns whether it is to be waited for once more */
  async function settleOne(host: EngineHost, patient: boolean): Promise<boolean> {
    // One that is being stopped ends first.
    if (host.stopping) await time.until(host.stop());
    host.start();
    const engine = host.engine;
    if (engine === null) return false;
    const leave = person.attend(engine, () => cast.sidesOf(host));
    // At the moment of rest: what could not be read for once is not waited for, and read later, maybe right after.
    const [rests, left] = await time
      .until(
        engine.wait(LIMIT).then((rest) => [rest, engine.notSynced()] as const),
        (LIMIT + 60) * 1000,
        MOST_STEPS,
      )
      .catch((error: unknown) => [String(error), []] as const);
    leave();
    if (rests === true && left.every(isForGood)) return false;
    if (rests === true && patient) {
      await time.advance(120_000);
      return true;
    }
    const how =
      rests === true
        ? "says for ever that something is not synced"
        : rests === false
          ? "does not come to rest"
          : `works on and on (${rests})`;
    throw new Unrest(`${host.name} ${how}: ${await describeUnrest(engine)}`);
  }

  async function describeUnrest(engine: Engine): Promise<string> {
    const { state, message, pending } = engine.status();
    const { operations } = await engine.plan();
    const words = [`${state}, ${message ?? "without a word"}, ${pending.up} up and ${pending.down} down`];
    for (const { action, path, reason } of operations) words.push(`${action} ${path} (${reason})`);
    for (const path of new Set(cast.sides().flatMap(({ tree }) => [...tree.keys()]))) {
      const why = await engine.why(path as RelativePath);
      if (why.state !== "in sync") words.push(`${path} is ${why.state}: ${why.reason}`);
    }
    return words.join("; ");
  }
}

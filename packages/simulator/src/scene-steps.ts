import type { FileAction } from "./actions.ts";
import type { AmbushedCall, AmbushMoment } from "./ambush.ts";
import type { Side } from "./side.ts";
import type { Step } from "./steps.ts";

/** Steps of which scenes are made: of the first user on either side. */
export const settle: Step = { kind: "settle" };
export const pause: Step = { kind: "sleep", milliseconds: 1_500 };

export function act(side: Side["kind"], action: FileAction): Step {
  return { kind: "act", side, number: 0, action };
}

/** The same at an engine's next call of this kind, which then goes on so many milliseconds later. */
export function amid(
  call: AmbushedCall,
  when: AmbushMoment,
  pause: number,
  [side, action]: readonly [Side["kind"], FileAction],
): Step {
  return { kind: "ambush", call, when, pause, side, number: 0, action };
}

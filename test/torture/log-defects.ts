/**
 * What only a defect makes a program write: a stack; what Node says of a program, or before it ends; and that a state
 * was worth nothing, which no kill may bring about.
 */
const TELLING =
  /^ +at |^Node\.js v\d|^\(node:\d+\) |^FATAL ERROR|\bthe session ended by an error\b|\bboth sides are compared anew\b/m;
const MOST_LINES = 60;

/** The defects that a program's log tells of: what stands between two times is of one piece, and comes with the first. */
export function defectsIn(log: string): string[] {
  return log
    .split(/\n(?=\d{4}-\d\d-\d\dT)/)
    .filter((piece) => TELLING.test(piece))
    .map((piece) => piece.trim().split("\n").slice(0, MOST_LINES).join("\n"));
}

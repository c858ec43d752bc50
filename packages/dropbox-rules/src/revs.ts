/** Whether `text` has the form of a rev: 9 or more lower-case hex digits (specification). */
export function isRev(text: string): boolean {
  return /^[0-9a-f]{9,}$/.test(text);
}

/**
 * Which of two revs of one account is the newer, as a comparator: revs are hexadecimal numbers that grow with each
 * commit. Revs of different accounts have no order.
 */
export function compareRevs(a: string, b: string): number {
  const left = a.replace(/^0+/, "");
  const right = b.replace(/^0+/, "");
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

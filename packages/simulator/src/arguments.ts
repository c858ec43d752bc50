/** Ends the command, with 2 for words that it does not know. */
export function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(`--${name} takes a whole number, not "${text}".`);
}

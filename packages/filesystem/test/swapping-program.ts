import { exchangeNames } from "../src/index.ts";

/** As an application may: two names change what they stand for, over and over, until it is let go. An even number of times. */
const [, , one = "", other = ""] = process.argv;
let ended = false;
process.on("disconnect", () => {
  ended = true;
});
process.send?.("begun");

function turn(): void {
  for (let count = 0; count < 2; count++) {
    try {
      exchangeNames(one, other);
    } catch {
      // One of the two is just being written anew.
    }
    const until = performance.now() + Math.random() / 2;
    while (performance.now() < until);
  }
  if (!ended) setImmediate(turn);
}
turn();

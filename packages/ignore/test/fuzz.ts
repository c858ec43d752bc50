import { parseArgs } from "node:util";
import { compareWithGit } from "./compare.ts";
import { countFeatures } from "./features.ts";

/** Compares with git at length: `npm run fuzz:ignore -- [--files 5000] [--seed 1]`. Exits with 1 at any difference. */
const { values } = parseArgs({
  options: { files: { type: "string", default: "5000" }, seed: { type: "string", default: "1" } },
});
const files = Number(values.files);
const firstSeed = Number(values.seed);
if (!Number.isSafeInteger(files) || files < 1 || !Number.isSafeInteger(firstSeed)) {
  console.error("--files takes a whole number from 1, --seed a whole number.");
  process.exit(2);
}

const filesPerTree = 25;
const differences: string[] = [];
let compared = 0;
let ignored = 0;
let broughtBack = 0;
const lines: string[] = [];
const deciding: string[] = [];
for (let done = 0, seed = firstSeed; done < files; seed++) {
  const count = Math.min(filesPerTree, files - done);
  const result = compareWithGit(seed, count);
  compared += result.compared;
  ignored += result.ignored;
  broughtBack += result.broughtBack;
  done += count;
  differences.push(...result.differences);
  lines.push(...result.lines);
  deciding.push(...result.deciding);
  for (const difference of result.differences.slice(0, 10)) console.log(difference);
  if (seed % 20 === 0 || done === files) {
    console.log(
      `${done} files, ${compared} pairs: ${ignored} ignored, ${broughtBack} brought back, ${differences.length} differences`,
    );
  }
}
const decided = countFeatures(deciding);
console.log(`${lines.length} lines, of which ${deciding.length} decided about a path; with`);
for (const [feature, count] of countFeatures(lines)) console.log(`  ${feature}: ${count}, ${decided.get(feature)}`);
process.exitCode = differences.length === 0 ? 0 : 1;

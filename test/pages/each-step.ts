import { beforeEach } from "vitest";

/** For a suite whose tests are the steps of one walk: after one that failed the others would only tell of that again. */
export function eachStepStandsOnTheLast(): void {
  let broken = false;
  beforeEach((step) => {
    step.skip(broken, "an earlier step failed");
    step.onTestFailed(() => {
      broken = true;
    });
  });
}

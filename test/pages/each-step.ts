import { beforeEach, type TestContext } from "vitest";

/**
 * For a suite whose tests are the steps of one walk: after one that failed the others would only tell of that again. Where a test
 * that failed is tried once more (CI), it runs, and the others go on if it passes then.
 */
export function eachStepStandsOnTheLast(): void {
  let failed: TestContext["task"] | null = null;
  beforeEach((step) => {
    if (failed === step.task) failed = null;
    step.skip(failed !== null, "an earlier step failed");
    step.onTestFailed(() => {
      failed = step.task;
    });
  });
}

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Company } from "./company.ts";
import { nothingEchoes, oneConflict, oneFileEach, randomEdits } from "./rounds.ts";

/** Short; `npm run coauthors` is the long version. */
describe("two co-authors of one folder, their engines in processes of their own", { timeout: 240_000 }, () => {
  let company: Company;
  let failed = false;

  beforeAll(async () => {
    company = new Company(20261129);
    await company.begin(2);
  });
  afterAll(() => company?.end(failed), 60_000);
  const held = (violations: readonly string[], steps: readonly string[] = []) => {
    failed ||= violations.length > 0;
    expect(violations, [company.folder, ...steps].join("\n")).toEqual([]);
  };

  test("whatever they do, all of them come to have the same, and nothing is lost", async () => {
    const { violations, steps } = await randomEdits(company, 40);
    held(violations, steps);
    held(await nothingEchoes(company));
  });
  test("a file that one has comes to every other once", async () => held(await oneFileEach(company)));
  test("a conflict makes one copy for each version", async () => held(await oneConflict(company)));
  test("one is removed half way: nothing reaches her Dropbox from then on, and the other goes on", async () => {
    const { violations, steps } = await randomEdits(company, 40, company.members.at(-1));
    held(violations, steps);
    held(await company.stop());
  });
});

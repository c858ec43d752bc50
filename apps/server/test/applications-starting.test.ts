import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApplications } from "../src/applications.ts";
import type { PlacedInstance } from "../src/hierarchy.ts";
import { createPlaces } from "../src/places.ts";
import { createRestoresUnderWay } from "../src/restores-under-way.ts";

const INSTANCE = { id: "i" } as PlacedInstance;

let data: string;
let role: PlacedInstance["role"] | null;
/** Opens what an application that is being started waits for. */
let gate: PromiseWithResolvers<void>;
const asked = vi.fn();
const forgotten = vi.fn();
let restores: ReturnType<typeof createRestoresUnderWay>;
let applications: ReturnType<typeof createApplications>;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "twinfold-starting-"));
  role = "editor";
  gate = Promise.withResolvers();
  for (const mock of [asked, forgotten]) mock.mockReset();
  restores = createRestoresUnderWay();
  const deleting = { where: () => ({ execute: async () => forgotten() }) };
  applications = createApplications({
    database: {
      insertInto: () => ({ values: () => ({ execute: async () => undefined }) }),
      deleteFrom: () => deleting,
    } as never,
    hierarchy: { instance: async () => ({ ...INSTANCE, role }), roleIn: async () => role } as never,
    places: createPlaces(data),
    sync: { keep: () => undefined, letGo: async () => undefined } as never,
    events: { tell: () => undefined } as never,
    restoresUnderWay: restores,
    catalogue: { find: () => null } as never,
    openControl: async () => {
      asked();
      await gate.promise;
      return { environment: {}, close: () => undefined };
    },
    access: { ended: () => undefined } as never,
    idleLimit: 0,
  });
});
afterEach(async () => {
  await applications.closeAll();
  rmSync(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const running = () => applications.of("ada", INSTANCE.id).applications;
/** What is being started, and has been asked for everything before. */
async function starting() {
  const started = applications.start("ada", INSTANCE, "terminal");
  const refused = started.then(
    () => null,
    (error: Error) => error.message,
  );
  await vi.waitFor(() => expect(asked).toHaveBeenCalled());
  return { started, refused };
}

test("what is being started when its user loses the role is not there once she has", async () => {
  const { refused } = await starting();
  role = "viewer";
  const ended = applications.endWithoutLeave(new Set([INSTANCE.id]));
  gate.resolve();
  await ended;
  expect(running()).toEqual([]);
  expect(await refused).toContain("you may only look");
  // Nor is it started again with the server.
  expect(forgotten).toHaveBeenCalledOnce();
});

test("what is being started when a restore stops all does not run amid it", async () => {
  const { refused } = await starting();
  const end = restores.begin(INSTANCE.id);
  const stopped = applications.stopAll(INSTANCE.id);
  gate.resolve();
  await stopped;
  expect(running()).toEqual([]);
  expect(await refused).toContain("being restored");
  end();
});

test("what is being started is stopped with the others, and what may stay is left", async () => {
  const { started } = await starting();
  const kept = applications.endWithoutLeave(new Set([INSTANCE.id]));
  gate.resolve();
  await kept;
  expect(running()).toHaveLength(1);
  await started;
  await applications.stopAll(INSTANCE.id);
  expect(running()).toEqual([]);
});

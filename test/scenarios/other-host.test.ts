import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { World } from "../../apps/cli/test/harness.ts";
import { PATIENT } from "./answers.ts";

/** What runs through it has a host name of its own, as a container has. */
const onHost = (name: string) => [
  "unshare",
  "-Ur",
  "--uts",
  "sh",
  "-c",
  `echo ${name} > /proc/sys/kernel/hostname && exec "$@"`,
  "sh",
];
const [program = "", ...words] = onHost("pod-0");
const canName = spawnSync(program, [...words, "true"]).status === 0;

/** Each start of a container is on a host that nobody has heard of; skipped where the system lets nobody have a host name. */
test.skipIf(!canName)(
  "an engine that was killed on another host: the next, on a third, waits until it shows no life, brings back what was edited, and clears the rest",
  { timeout: 90_000 },
  async () => {
    const world = new World();
    const staging = join(world.root, ".twinfold");
    const owned = () => readdirSync(staging).filter((name) => /^pod-\d-\d+-\d+-\d+$/.test(name));
    try {
      world.through = onHost("pod-1");
      await world.begin();
      await world.upload("a", "1");
      await world.settle();
      const [left = ""] = owned();
      expect(left).toMatch(/^pod-1-/);
      process.kill(world.daemonPid(), "SIGKILL");
      // In the middle of a download, and right after an exchange: somebody still wrote to what had just given way.
      writeFileSync(join(staging, left, "91"), "half of some");
      writeFileSync(join(staging, left, "92"), "edited");
      const note = { path: "a", expected: "1:2:3:4", staged: null };
      writeFileSync(join(staging, left, "92.json"), JSON.stringify(note));

      world.through = onHost("pod-2");
      const refused = await world.run(["start"]);
      expect(refused.err).toMatch(/already kept in sync by process \d+ on pod-1/);
      expect(readdirSync(join(staging, left)).sort()).toEqual(["91", "92", "92.json"]);

      // A minute goes by without a sign of life.
      const state = join(world.home, "state");
      const leases = readdirSync(staging).filter((name) => name.startsWith("lease-"));
      for (const file of [
        ...leases.map((name) => join(staging, name)),
        join(state, readdirSync(state)[0] ?? "", "lease.json"),
      ]) {
        const lease = JSON.parse(readFileSync(file, "utf8")) as { beat: number };
        writeFileSync(file, JSON.stringify({ ...lease, beat: lease.beat - 120_000 }));
      }
      await world.ok("start");
      await world.settle();
      const recovered = `a (recovered ${new Date().toISOString().slice(0, 10)})`;
      expect(owned()).not.toContain(left);
      expect(world.diskTree()).toEqual({ a: "1", [recovered]: "edited" });
      await expect.poll(() => world.dropboxTree(), PATIENT).toEqual({ a: "1", [recovered]: "edited" });
    } finally {
      await world.end();
    }
  },
);

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { contentHasher } from "@twinfold/dropbox-rules";
import type { RelativePath } from "@twinfold/engine";
import { openFileSystem } from "@twinfold/filesystem";
import { costOf } from "../measure.ts";
import { writeTree } from "../trees.ts";
import { type Scenario, scaled, told } from "./scenario.ts";

/** One large file, read and hashed as the engine has it done, in memory already. */
export function hashing(scale: number): Scenario {
  const mib = scaled(1024, scale, 64);
  const name = "hash";
  return {
    rows: [
      {
        name,
        what: `hash one file of ${told(mib)} MiB`,
        asked: "90 % of openssl speed sha256",
        bound: () => null,
      },
    ],
    contenders: ["Twinfold"],
    async *run(stage) {
      writeTree(join(stage.folder, "hashed"), { files: 1, folders: 0, size: mib * 1024 * 1024 });
      const files = openFileSystem({
        root: join(stage.folder, "hashed"),
        hasher: contentHasher,
        session: "bench",
      });
      const hash = async () => {
        const began = performance.now();
        await files.hash("file 1.bin" as RelativePath, stage.over);
        return (performance.now() - began) / 1000;
      };
      // The first reading brings it into memory.
      await hash();
      const cpuBefore = process.cpuUsage();
      const measure = await costOf(stage, hash);
      const { user, system } = process.cpuUsage(cpuBefore);
      await files.close();
      const beside = { what: "openssl", seconds: (mib * 1024 * 1024) / opensslBytesPerSecond() };
      // It is this process that hashes.
      yield [name, { ...measure, cpuSeconds: (user + system) / 1e6, beside }];
    },
  };
}

function opensslBytesPerSecond(): number {
  const words = ["speed", "-mr", "-elapsed", "-seconds", "2", "-bytes", String(4 * 1024 * 1024), "-evp", "sha256"];
  const printed = execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  // "+F:22:sha256:2013265920.00"
  const rate = /^\+F:[^:]*:[^:]*:([0-9.]+)/m.exec(printed)?.[1];
  if (rate === undefined) throw new Error(`openssl speed printed no rate:\n${printed}`);
  return Number(rate);
}

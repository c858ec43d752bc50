import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHasher } from "@twinfold/dropbox-rules";
import {
  type Clock,
  createEngine,
  type Engine,
  type EngineSettings,
  type Store,
  systemClock,
  systemRandomness,
} from "@twinfold/engine";
import { openFileSystem } from "@twinfold/filesystem";
import { compileIgnoreRules } from "@twinfold/ignore";
import { type FaultHook, VirtualDropbox, VirtualRemote } from "@twinfold/simulator";
import { openStore } from "@twinfold/store";
import { expect } from "vitest";

/** An engine on a real folder; the other side is a Dropbox in memory, the folder `A` in it. */
export class EngineOnDisk {
  readonly root = mkdtempSync(join(tmpdir(), "twinfold-engine-"));
  readonly dropbox = new VirtualDropbox();
  readonly #fileSystem = openFileSystem({ root: this.root, hasher: contentHasher, session: "test" });
  readonly #store: Store;
  readonly #clock: Clock;
  #stop: () => Promise<void> = async () => undefined;

  constructor(store: Store = openStore(":memory:"), clock: Clock = systemClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Begins, and is at rest. */
  async begin(settings: Partial<EngineSettings> = {}, faults: FaultHook = () => undefined): Promise<Engine> {
    const engine = this.start(settings, faults);
    expect(await engine.wait(20)).toBe(true);
    return engine;
  }

  start(settings: Partial<EngineSettings> = {}, faults: FaultHook = () => undefined): Engine {
    const engine = createEngine({
      fileSystem: this.#fileSystem,
      remote: new VirtualRemote(this.dropbox, { clock: this.#clock, folder: "A", faults }),
      store: this.#store,
      clock: this.#clock,
      randomness: systemRandomness,
      compileIgnore: compileIgnoreRules,
      settings,
    });
    const running = engine.run();
    this.#stop = async () => {
      await engine.stop(0);
      await running.catch(() => undefined);
    };
    return engine;
  }

  /** The text of a file there; null where there is none. */
  inDropbox(path: string): string | null {
    const item = this.dropbox.lookup(path);
    return item?.kind === "file" ? Buffer.from(item.content).toString() : null;
  }

  async end(): Promise<void> {
    await this.#stop();
    this.#store.close();
    await this.#fileSystem.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

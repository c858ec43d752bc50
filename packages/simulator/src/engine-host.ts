import { type Clock, createEngine, type Engine, type EngineSettings, FileSystemError } from "@twinfold/engine";
import { compileIgnoreRules } from "@twinfold/ignore";
import type { HintHook } from "./disk-watch.ts";
import { type FaultHook, never } from "./faults.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import { inUpperCase } from "./spelling.ts";
import type { VirtualDisk } from "./virtual-disk.ts";
import type { VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualFileSystem } from "./virtual-file-system.ts";
import { VirtualRemote } from "./virtual-remote.ts";
import { VirtualStore } from "./virtual-store.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface EngineHostOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly disk: VirtualDisk;
  readonly dropbox: VirtualDropbox;
  /** The session's folder in the account. */
  readonly folder: string;
  readonly randomness: SeededRandomness;
  readonly faults?: FaultHook;
  readonly hints?: HintHook;
  readonly overlooks?: () => boolean;
  readonly settings?: Partial<EngineSettings>;
  /** The kind of network file system that the disk is. */
  readonly share?: string;
  /** Sizes and spellings are chosen at random, small and odd. */
  readonly nasty: boolean;
}

/** How often the time may be asked for at one and the same moment: an engine that does it more often spins. */
const MOST_LOOKS = 20_000;

/** A clock that stops for good when its process dies, and that ends a process which goes on without ever waiting. */
class ProcessClock implements Clock {
  readonly #time: VirtualTime;
  #dead = false;
  #lookedAt = -1;
  #looks = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  kill(): void {
    this.#dead = true;
  }

  now(): number {
    return this.#time.now();
  }

  monotonic(): number {
    const elapsed = this.#time.monotonic();
    if (elapsed !== this.#lookedAt) this.#looks = 0;
    this.#lookedAt = elapsed;
    if (++this.#looks > MOST_LOOKS) throw new Error("the engine works on and on without waiting for anything");
    return elapsed;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (this.#dead) return never();
    await this.#time.sleep(milliseconds, signal);
    if (this.#dead) return never();
  }
}

interface Process {
  readonly engine: Engine;
  readonly fileSystem: VirtualFileSystem;
  readonly remote: VirtualRemote;
  readonly clock: ProcessClock;
  readonly close: () => void;
  /** Resolves when it is killed. */
  readonly killed: PromiseWithResolvers<void>;
}

/** One engine on virtual parts, as the process that it would run in: started, stopped, killed, started again. */
export class EngineHost {
  readonly name: string;
  readonly #options: EngineHostOptions;
  /** What survives a crash. */
  #state = new VirtualStore();
  #backup: { readonly state: VirtualStore; readonly mark: string | undefined } | null = null;
  #process: Process | null = null;
  #starts = 0;
  #epochs = { epoch: 0, unheardEpoch: 0 };
  #stopping: Promise<void> | null = null;
  /** What ended an engine that should have gone on. */
  defect: unknown;

  constructor(options: EngineHostOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get engine(): Engine | null {
    return this.#process?.engine ?? null;
  }

  start(): void {
    if (this.#process !== null) return;
    const { time, disk, dropbox, folder, randomness, faults, hints, overlooks, settings, share, nasty } = this.#options;
    const clock = new ProcessClock(time);
    const chance = randomness.fork();
    const fileSystem = new VirtualFileSystem(disk, {
      clock,
      session: `${this.name} ${++this.#starts}`,
      link: this.name,
      ...(faults === undefined ? {} : { faults }),
      ...(hints === undefined ? {} : { hints }),
      ...(overlooks === undefined ? {} : { overlooks }),
      ...(share === undefined ? {} : { share }),
      ...(nasty ? { pieceSize: 8, betweenPieces: () => (chance.chance(0.2) ? chance.below(5) : 0) } : {}),
    });
    const remote = new VirtualRemote(dropbox, {
      clock,
      folder,
      ...(faults === undefined ? {} : { faults }),
      ...(nasty
        ? {
            pageSize: () => (chance.chance(0.5) ? 1 + chance.below(3) : 2000),
            batchSize: () => 1 + chance.below(4),
            spellParents: (parents: string) => (chance.chance(0.2) ? inUpperCase(parents) : parents),
            endsAmidMove: () => chance.chance(0.3),
            pieceSize: 8,
          }
        : {}),
    });
    const store = this.#state.open();
    const engine = createEngine({
      fileSystem,
      remote,
      store,
      clock,
      randomness: chance,
      compileIgnore: compileIgnoreRules,
      settings: { ...settings, ...this.#epochs },
    });
    const process = {
      engine,
      fileSystem,
      remote,
      clock,
      close: () => store.close(),
      killed: Promise.withResolvers<void>(),
    };
    this.#process = process;
    engine.run().then(
      () => this.#end(process),
      (error: unknown) => {
        // What a killed process would have met next, it does not meet.
        if (this.#process !== process) return;
        this.defect ??= error;
        this.#end(process);
      },
    );
  }

  /** In good order, with everything under way finished. Resolves when it is, or the process was killed meanwhile. */
  async stop(flushSeconds = 60): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    this.#stopping ??= process.engine.stop(flushSeconds).then(() =>
      process.fileSystem.close().catch((error: unknown) => {
        // A root that is not there keeps what is in it until the next start.
        if (!(error instanceof FileSystemError)) throw error;
      }),
    );
    await Promise.race([this.#stopping, process.killed.promise]);
    this.#end(process);
  }

  /** Whether `stop` was called and is not done. */
  get stopping(): boolean {
    return this.#stopping !== null;
  }

  /** `kill -9`: nothing that was under way goes on, and only what was stored is known at the next start. */
  kill(): void {
    const process = this.#process;
    if (process === null) return;
    process.clock.kill();
    process.fileSystem.kill();
    process.remote.kill();
    this.#end(process);
    process.killed.resolve();
  }

  /** The machine loses its power: of the state, what was written last is gone too. */
  cutPower(transactions: number): void {
    this.kill();
    this.#state.loseLast(transactions);
  }

  /** What the running engine has in its staging folder. */
  staged(): string[] {
    return this.#process?.fileSystem.staged() ?? [];
  }

  /** The state folder is copied as it is at this moment. */
  backUpState(): void {
    this.#backup = { state: this.#state.copy(), mark: this.#mark };
  }

  /** Whether nothing with the root says that the backup is older than what it would take the place of. */
  get isBackupLikeNew(): boolean {
    return this.#backup !== null && this.#backup.mark === this.#mark;
  }

  get #mark(): string | undefined {
    return this.#options.disk.marks.get(this.name);
  }

  /** The state folder is replaced by its backup; without one, it is lost. */
  rollBackState(): void {
    this.kill();
    this.#state = this.#backup?.state.copy() ?? new VirtualStore();
  }

  loseState(): void {
    this.kill();
    this.#state = new VirtualStore();
  }

  /** Files were restored: from the next start on it is known. */
  raiseEpoch(unheard: boolean): void {
    const epoch = this.#epochs.epoch + 1;
    this.#epochs = { epoch, unheardEpoch: unheard ? epoch : this.#epochs.unheardEpoch };
  }

  overflow(): void {
    this.#process?.fileSystem.overflow();
  }

  resetCursors(): void {
    this.#process?.remote.resetCursors();
  }

  #end(process: Process): void {
    if (this.#process !== process) return;
    this.#process = null;
    this.#stopping = null;
    process.close();
  }
}

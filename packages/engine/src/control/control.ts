import type { EngineParts } from "../engine-parts.ts";
import { applyRules } from "../ignore-file.ts";
import type { Operation, Parked } from "../plan/operation.ts";
import type { Outlook } from "../plan/planning-round.ts";
import { FileSystemError, type WatchHint } from "../ports/file-system.ts";
import type { IgnoreRules } from "../ports/ignore.ts";
import { RemoteError, type RemoteNames } from "../ports/remote.ts";
import { baseName, type NodeId, parentPath, type RelativePath, ROOT_PATH } from "../ports/values.ts";
import type { EngineSettings } from "../settings.ts";
import { createAlarm } from "./alarm.ts";
import type { Backlog } from "./backlog.ts";
import { type Board, createBoard } from "./board.ts";
import { createCycles, ROOT_AGAIN } from "./cycles.ts";
import type { HeldChoice } from "./guard.ts";
import { createHandingOut } from "./handing-out.ts";
import { createLooking } from "./looking.ts";
import { createRemoteRoot } from "./remote-root.ts";
import { ensureRoots } from "./roots.ts";
import { newSituation } from "./situation.ts";
import { createStanding } from "./standing.ts";
import { createWorks, GONE_MOUNT } from "./works.ts";

/** How long an end without a flush waits for the answers to what was asked of the remote, in milliseconds. */
const ANSWERED_WITHIN = 2_000;

/** What the explainer sees of the control loop. */
export interface Control {
  readonly board: Board;
  readonly names: RemoteNames;
  run(signal?: AbortSignal): Promise<void>;
  observeOnce(signal?: AbortSignal): Promise<void>;
  recall(): Promise<void>;
  stop(flushSeconds?: number): Promise<void>;
  wait(timeoutSeconds: number): Promise<boolean>;
  setPaused(paused: boolean): void;
  announce(paths: readonly RelativePath[]): void;
  resolveHeld(choice: HeldChoice): boolean;
  rules(): IgnoreRules;
  outlook(): Outlook;
  held(): readonly Operation[];
  underWay(): readonly Operation[];
  /** New files that wait for their turn to be planned. */
  readonly backlog: Pick<Backlog, "has" | "folders" | "operations">;
  parked(): Iterable<Parked>;
  parkedAs(id: NodeId): Parked | undefined;
  problemOf(id: NodeId): string | undefined;
  /** Whether it waits for room on the disk. */
  isFull(id: NodeId): boolean;
  problems(): ReadonlyMap<NodeId, string>;
  trouble(id: NodeId): string | null;
  /** Why nothing is known of a path just now, where that is so. */
  away(path: RelativePath): string | null;
  conflictCopies(): ReadonlySet<NodeId>;
}

/**
 * The one thread of control: look at both sides, plan, hand out what is ready, and look again whenever something was
 * heard or finished. All knowledge is in the trees; everything else here may be lost at any moment.
 */
export function createControl(parts: EngineParts, settings: EngineSettings): Control {
  const { fileSystem, remote, store, clock } = parts;
  const situation = newSituation();
  const alarm = createAlarm(clock);
  const board = createBoard(clock);
  const works = createWorks(parts, settings, { situation, alarm, board });
  const { observer, hashing, changes, rewritten, ignoreFile, watching, guard, failures, troubles, stateMark } = works;
  const remoteRoot = createRemoteRoot(works, situation, alarm);
  const looking = createLooking(works, situation, alarm, remoteRoot);
  const handing = createHandingOut(works, situation, board, alarm);
  const standing = createStanding(works, situation, board);
  const { sweepEvery } = settings;
  const cycles = createCycles({ works, situation, alarm, looking, handing, standing, sweepEvery });

  let running: Promise<void> | null = null;
  let aborter = new AbortController();
  let stopAt: number | null = null;

  function hear(hints: readonly WatchHint[]): void {
    works.delays.heard(hints);
    observer.hint(hints);
    failures.heard(hints);
    alarm.ring();
  }

  async function prepare(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        await fileSystem.clearStaging();
        await ensureRoots(store, fileSystem, remote.names);
        await stateMark.check();
        await ignoreFile.refresh();
        watching.watcher = await fileSystem.watch(hear);
        break;
      } catch (error) {
        // A root that can't be looked at just now: the same as later, stop, say so, look again.
        if (!(error instanceof FileSystemError) || signal.aborted) throw error;
        troubles.rootIsGone(error.message, clock.monotonic() + ROOT_AGAIN);
        standing.publish(false);
        await clock.sleep(ROOT_AGAIN, signal);
      }
    }
    applyRules(store, ignoreFile.rules());
    situation.readRemote = true;
  }

  async function run(outer?: AbortSignal): Promise<void> {
    aborter = new AbortController();
    const signal = aborter.signal;
    const onAbort = () => aborter.abort();
    outer?.addEventListener("abort", onAbort, { once: true });
    if (outer?.aborted) aborter.abort();
    stopAt = null;
    const work = (async () => {
      try {
        rewritten.begin();
        await prepare(signal);
        const listening = looking.listen(signal).catch((reason: unknown) => {
          situation.defect ??= reason;
          alarm.ring();
        });
        try {
          await cycles.run(signal, () => stopAt);
          if (!signal.aborted) {
            await stateMark.renew().catch(unlessRootIsGone);
            rewritten.end();
          }
        } finally {
          aborter.abort();
          await Promise.allSettled([listening, works.carriers.settled(), hashing.stop()]);
        }
      } finally {
        outer?.removeEventListener("abort", onAbort);
        await watching.watcher?.close();
        watching.watcher = null;
        cycles.end();
        board.publish({ ...board.status(), state: "stopped", pending: { up: 0, down: 0 } });
      }
    })();
    running = work.catch(() => undefined);
    await work;
  }

  return {
    board,
    names: remote.names,
    run,
    async observeOnce(signal = new AbortController().signal) {
      await ensureRoots(store, fileSystem, remote.names);
      await stateMark.check();
      await ignoreFile.refresh();
      applyRules(store, ignoreFile.rules());
      observer.hint([{ kind: "subtree", path: ROOT_PATH }]);
      await changes.read(signal).catch((error: unknown) => {
        if (!(error instanceof RemoteError) || error.code !== "no-root") throw error;
      });
      while (!signal.aborted) {
        await looking.lookAtDisk(signal);
        const next = hashing.start(signal);
        if (!hashing.busy() && !observer.pending() && observer.missing.size === 0) break;
        await clock.sleep(Math.min(next ?? 20, observer.nextLook() ?? 20, 20), signal);
      }
      await handing.plan(signal);
    },
    async recall() {
      await ignoreFile.refresh();
      await handing.plan();
      standing.publish(false);
    },
    async stop(flushSeconds = 10) {
      if (running === null) return;
      const within = flushSeconds === 0 ? ANSWERED_WITHIN : flushSeconds * 1000;
      stopAt = Math.min(clock.monotonic() + within, stopAt ?? Infinity);
      observer.hint([{ kind: "subtree", path: ROOT_PATH }]);
      alarm.ring();
      const timer = new AbortController();
      const cut = () => {
        if (!timer.signal.aborted) aborter.abort();
      };
      // Alone at the gate: what was asked of the remote is answered, and nothing is asked of it after.
      if (flushSeconds === 0) void works.gate.alone(async () => cut());
      void clock.sleep(within, timer.signal).then(cut);
      await running;
      timer.abort("stopped");
      running = null;
    },
    async wait(timeoutSeconds) {
      observer.hint([{ kind: "subtree", path: ROOT_PATH }]);
      situation.readRemote = true;
      failures.retryAll();
      alarm.ring();
      const timeout = new AbortController();
      const result = await Promise.race([
        cycles.nextQuiet(),
        clock.sleep(timeoutSeconds * 1000, timeout.signal).then(() => false),
      ]);
      timeout.abort("answered");
      return result;
    },
    setPaused(next) {
      situation.paused = next;
      if (!next) {
        troubles.forget();
        failures.retryAll();
        situation.readRemote = true;
      }
      alarm.ring();
    },
    announce(paths) {
      hear(
        paths.flatMap((path) => [
          { kind: "folder", path: parentPath(path), names: [baseName(path)] } as const,
          { kind: "subtree", path } as const,
        ]),
      );
    },
    resolveHeld(choice) {
      const asked = guard.held().length > 0 || situation.remoteRootGone;
      guard.resolve(choice);
      if (situation.remoteRootGone) remoteRoot.resolve(choice);
      situation.readRemote = true;
      alarm.ring();
      return asked;
    },
    rules: ignoreFile.rules,
    outlook: () => ({
      ...situation.outlook,
      ready: [...situation.outlook.ready.filter((one) => !works.underWay.has(one.node)), ...guard.held()],
    }),
    held: guard.held,
    underWay: () => [...works.underWay.values()],
    backlog: works.backlog,
    parked: standing.parked,
    parkedAs: standing.parkedAs,
    problemOf: works.problemOf,
    isFull: failures.isFull,
    problems: works.problems,
    away: (path) => (works.mounts.isAway(path) ? GONE_MOUNT : null),
    trouble: (id) => works.problemOf(id) ?? troubles.describe()?.message ?? null,
    conflictCopies: works.conflictCopies.all,
  };
}

function unlessRootIsGone(error: unknown): void {
  if (!(error instanceof FileSystemError)) throw error;
}

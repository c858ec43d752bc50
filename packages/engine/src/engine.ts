import { createControl } from "./control/control.ts";
import type { HeldChoice } from "./control/guard.ts";
import type { EngineParts } from "./engine-parts.ts";
import { createExplainer } from "./explain.ts";
import { inRemote, type SeenInRemote } from "./in-remote.ts";
import type { RelativePath } from "./ports/values.ts";
import { DEFAULT_SETTINGS } from "./settings.ts";
import type { Activity, EngineStatus, Explanation, NotSynced, PlanReport } from "./status.ts";

/** Keeps one folder on disk and one folder at the remote the same. */
export interface Engine {
  /**
   * Runs until `stop` or the signal's end. @throws FileSystemError `root` when the root can't be believed any more, and
   * whatever is a defect; RemoteError never.
   */
  run(signal?: AbortSignal): Promise<void>;
  /** Looks at both sides once and changes nothing on them; resolves with what is to be done. Not while running. */
  observeOnce(signal?: AbortSignal): Promise<PlanReport>;
  /** What is remembered, without a look at either side. Not while running. */
  recall(): Promise<EngineStatus>;
  /**
   * Finishes what is under way, for at most so many seconds, then lets go; of several calls the soonest holds. With 0 nothing
   * more is asked of the remote: what was asked already is heard of, so that nothing comes of it once this has resolved.
   */
  stop(flushSeconds?: number): Promise<void>;
  status(): EngineStatus;
  /** Called at once with the present status and then at each change; returns how to stop it. */
  onStatus(listener: (status: EngineStatus) => void): () => void;
  onActivity(listener: (activity: Activity) => void): () => void;
  plan(): Promise<PlanReport>;
  why(path: RelativePath): Promise<Explanation>;
  /** The same of what a folder holds by these names, at once; a folder in it that is in sync speaks for what is in it. */
  whyIn(folder: RelativePath, names: readonly string[]): Promise<readonly Explanation[]>;
  notSynced(): readonly NotSynced[];
  /** The first so many of them, and what can be done about each. */
  notSyncedWithFixes(most: number): readonly NotSynced[];
  /** What the remote was last seen to hold, what is ignored too; `enter`: whether what is in a folder is wanted. */
  inRemote(enter: (folder: RelativePath) => boolean): Iterable<SeenInRemote>;
  /** Conflict copies that are still beside their originals. */
  conflicts(): readonly RelativePath[];
  /** True once both sides were observed equal, looked at anew, and nothing is pending. */
  wait(timeoutSeconds: number): Promise<boolean>;
  pause(): void;
  resume(): void;
  /** The platform changed files itself: look at these now. */
  announce(paths: readonly RelativePath[]): void;
  /** Held deletions: do them, or bring the files back. @returns whether any were held */
  resolveHeld(choice: HeldChoice): boolean;
}

export function createEngine(parts: EngineParts): Engine {
  const settings = { ...DEFAULT_SETTINGS, ...parts.settings };
  const control = createControl(parts, settings);
  const explainer = createExplainer(parts.store, control, settings.oneWay);
  return {
    run: control.run,
    observeOnce: async (signal) => {
      await control.observeOnce(signal);
      return explainer.report();
    },
    recall: async () => {
      await control.recall();
      return { ...control.board.status(), state: "stopped", message: null };
    },
    stop: control.stop,
    status: control.board.status,
    onStatus: control.board.onStatus,
    onActivity: control.board.onActivity,
    plan: async () => explainer.report(),
    why: async (path) => explainer.why(path),
    whyIn: async (folder, names) => explainer.whyIn(folder, names),
    notSynced: () => explainer.notSynced(),
    notSyncedWithFixes: explainer.notSyncedWithFixes,
    inRemote: (enter) => inRemote(parts.store.remote, enter),
    conflicts: () => explainer.conflicts(),
    wait: control.wait,
    pause: () => control.setPaused(true),
    resume: () => control.setPaused(false),
    announce: control.announce,
    resolveHeld: control.resolveHeld,
  };
}

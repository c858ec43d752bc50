import { actionOf } from "./action-of.ts";
import type { Control } from "./control/control.ts";
import { createFixes } from "./fix.ts";
import { IGNORE_FILE } from "./ignore-file.ts";
import { isCopyName } from "./plan/names.ts";
import type { Operation, Parked } from "./plan/operation.ts";
import { childOf, type LocalNode, nodeAt, pathOf, type RemoteNode, type Store } from "./ports/store.ts";
import { joinPath, type NodeId, type RelativePath, ROOT } from "./ports/values.ts";
import { createInsight, type PresentWork, presentWork } from "./present-work.ts";
import type { Explanation, Fix, NotSynced, PlannedOperation, PlanReport } from "./status.ts";

interface Found extends NotSynced {
  readonly id: NodeId;
  readonly parked?: Parked;
}

/** Puts the present plan, and any path's state, into words. */
export function createExplainer(store: Store, control: Control, oneWay: boolean) {
  const insight = createInsight(store, control);
  const fixes = createFixes(store, control, oneWay);

  /** Where a side has a folder, or will have it: one that is still to be made there lies as on the other side. */
  function folderOn(side: "local" | "remote", id: NodeId): RelativePath {
    if (store[side].get(id) !== undefined) return side === "local" ? pathOf(store.local, id) : pathOf(store.remote, id);
    const there = side === "local" ? store.remote.get(id) : store.local.get(id);
    return there?.parent == null ? ("" as RelativePath) : joinPath(folderOn(side, there.parent), there.name);
  }

  function describe(operation: Operation, held: boolean): PlannedOperation {
    const tree = operation.side === "local" ? store.local : store.remote;
    const path = joinPath(folderOn(operation.side, operation.parent), operation.name);
    const present = tree.get(operation.node);
    const from =
      present === undefined
        ? undefined
        : operation.side === "local"
          ? pathOf(store.local, operation.node)
          : pathOf(store.remote, operation.node);
    const source = operation.side === "local" ? store.remote.get(operation.node) : store.local.get(operation.node);
    return {
      direction: operation.side === "local" ? "down" : "up",
      action: actionOf(operation),
      path: operation.kind === "delete" && from !== undefined ? from : path,
      ...(operation.kind === "move" && from !== undefined ? { from } : {}),
      ...(operation.kind === "transfer" && source !== undefined ? { bytes: source.size } : {}),
      reason: operation.reason,
      ...(held ? { held } : {}),
    };
  }

  function unsettledReason(id: NodeId): string {
    return control.trouble(id) ?? "changed just now: it is looked at again in a moment";
  }

  function notSynced(): NotSynced[] {
    return found().map(({ path, side, reason }) => ({ path, side, reason }));
  }

  /** The first so many, each with what can be done: that takes a look at what is around it. */
  function notSyncedWithFixes(most: number): NotSynced[] {
    return found()
      .slice(0, most)
      .map(({ path, side, reason, id, parked }) => {
        const [local, remote] = [store.local.get(id), store.remote.get(id)];
        const isAway = control.away(path) !== null;
        const fix = isAway
          ? fixes.diskGone
          : parked === undefined
            ? fixes.ofProblem(id, local)
            : fixes.ofParked(parked, local, remote);
        return { path, side, reason, ...(fix === null ? {} : { fix }) };
      });
  }

  function found(): Found[] {
    const result: Found[] = [];
    for (const one of control.parked()) {
      if (one.why.kind !== "not synced") continue;
      const path = one.side === "local" ? pathOf(store.local, one.node) : pathOf(store.remote, one.node);
      result.push({ path, side: one.side, reason: one.why.reason, id: one.node, parked: one });
    }
    for (const [id, reason] of control.problems()) {
      const local = store.local.get(id) !== undefined;
      if (!local && store.remote.get(id) === undefined) continue;
      result.push({
        path: local ? pathOf(store.local, id) : pathOf(store.remote, id),
        side: local ? "local" : "remote",
        reason,
        id,
      });
    }
    return result.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  function report(): PlanReport {
    const { ready, waiting } = control.outlook();
    const held = new Set(control.held());
    const all = [...control.underWay(), ...ready, ...waiting, ...control.backlog.operations()];
    const operations = all.map((operation) => describe(operation, held.has(operation)));
    return { operations, notSynced: notSynced(), ignoreProblems: control.rules().problems };
  }

  function conflicts(): RelativePath[] {
    return [...control.conflictCopies()].map((id) => pathOf(store.local, id)).sort();
  }

  function why(path: RelativePath): Explanation {
    const key = control.names.key;
    return explain(
      path,
      nodeAt(store.local, ROOT, path, key),
      nodeAt(store.remote, ROOT, path, key),
      presentWork(control),
    );
  }

  function whyIn(folder: RelativePath, names: readonly string[]): Explanation[] {
    const { key } = control.names;
    // On disk, each read by itself would take and leave the locks of a transaction.
    return store.transaction(() => {
      const local = nodeAt(store.local, ROOT, folder, key);
      const remote = nodeAt(store.remote, ROOT, folder, key);
      const work = presentWork(control);
      const inside = insight(work, [local?.id, remote?.id]);
      return names.map((name) => {
        const here = local && childOf(store.local, local.id, name, key);
        const there = remote && childOf(store.remote, remote.id, name, key);
        const own = explain(joinPath(folder, name), here, there, work);
        const node = here ?? there;
        if (node?.kind !== "folder" || own.state !== "in sync") return own;
        // When the folder itself came to be the same tells nothing of what is in it.
        const whole = { ...own, reason: "the same on both sides, and so is all in it that is synced" };
        return inside(node.id, own.path) ?? whole;
      });
    });
  }

  function explain(
    path: RelativePath,
    local: LocalNode | undefined,
    remote: RemoteNode | undefined,
    work: PresentWork,
  ): Explanation {
    const id = local?.id ?? remote?.id;
    const rule =
      control.rules().match(path, (local?.kind ?? remote?.kind) === "folder" ? "folder" : "file") ??
      (id === undefined ? control.rules().match(path, "folder") : null);
    if (rule !== null && (id === undefined || store.synced.get(id) === undefined)) {
      const where =
        rule.line > 0 ? `line ${rule.line} of ${rule.source === "" ? IGNORE_FILE : rule.source}` : rule.source;
      return { path, state: "ignored", reason: `ignored by ${where}: ${rule.pattern}`, rule };
    }
    if (id === undefined) {
      return { path, state: "unknown", reason: "there is nothing at this path, on disk or in Dropbox" };
    }
    const away = control.away(path);
    if (away !== null) return stays(path, away, fixes.diskGone);
    const parked = control.parkedAs(local?.id ?? id) ?? control.parkedAs(id);
    if (parked !== undefined && parked.why.kind !== "ignored")
      return stays(path, parked.why.reason, fixes.ofParked(parked, local, remote));
    const problem = control.problemOf(id);
    if (problem !== undefined) return stays(path, problem, fixes.ofProblem(id, local));
    const pending = work.operations.get(id);
    if (pending !== undefined) {
      const held = work.held.has(pending);
      const { action, reason } = describe(pending, held);
      return { path, state: held ? "held" : "pending", reason: `${action}: ${reason}` };
    }
    if (control.backlog.has(id)) {
      const reason = local === undefined ? "download: new in Dropbox" : "upload: new on disk";
      return { path, state: "pending", reason: `${reason}; others go first` };
    }
    if (work.unsettled.has(id) || store.changed.has(id)) return { path, state: "pending", reason: unsettledReason(id) };
    if (local !== undefined && isCopyName(local.name)) {
      return { path, state: "conflict", reason: "a version that was kept beside another; both are in sync" };
    }
    const since = store.synced.get(id)?.since ?? 0;
    return {
      path,
      state: "in sync",
      reason: `the same on both sides${since === 0 ? "" : ` since ${new Date(since * 1000).toISOString()}`}`,
    };
  }

  function stays(path: RelativePath, reason: string, fix: Fix | null): Explanation {
    return { path, state: "not synced", reason, ...(fix === null ? {} : { fix }) };
  }

  return { report, why, whyIn, notSynced, notSyncedWithFixes, conflicts };
}

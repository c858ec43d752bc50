import { advanceContent, advancePlace, applyAdjustments } from "../execute/adjust.ts";
import { createInFlight } from "../execute/in-flight.ts";
import { createUnanswered, type Unanswered } from "../execute/unanswered.ts";
import { applyRules } from "../ignore-file.ts";
import { createRewritten, type Rewritten } from "../observe/rewritten.ts";
import type { Restored } from "../plan/context.ts";
import type { Operation, Parked } from "../plan/operation.ts";
import { createPlanningRound, type Outlook, type PlanningRound } from "../plan/planning-round.ts";
import type { IgnoreRule, IgnoreRules } from "../ports/ignore.ts";
import type { RemoteNames } from "../ports/remote.ts";
import { type LocalNode, nodeAt, pathOf, type RemoteNode, type Store } from "../ports/store.ts";
import {
  baseName,
  type ContentHash,
  type Fingerprint,
  joinPath,
  type LocalIdentity,
  type Name,
  type NameKey,
  type NodeId,
  parentPath,
  type RelativePath,
  type RemoteId,
  type Rev,
  ROOT,
} from "../ports/values.ts";

/** Names as a case-insensitive remote has them, simple enough for tests on trees alone. */
export const testNames: RemoteNames = {
  key: (name) => name.normalize("NFC").toLowerCase() as NameKey,
  canonical: (name) => name.normalize("NFC") as Name,
  refusal: (name) => (name.endsWith(" ") ? "a name can't end in a space: rename it" : null),
  maximumFileSize: 1_000_000,
};

type Side = "local" | "remote";

/**
 * Three trees without a disk and without a remote: tests change the two sides as users would, plan, and carry the plan
 * out on the trees alone. Paths are strings; a content is its own hash.
 */
export class ThreeTrees {
  readonly store: Store;
  readonly unknown = new Set<NodeId>();
  readonly unanswered: Unanswered;
  /** Files that were written since the trees were. */
  readonly rewritten: Rewritten;
  /** What was moved on disk to an ignored place. */
  readonly left = new Map<NodeId, { readonly path: RelativePath; readonly itself: boolean }>();
  /** Folders that hold something ignored on disk. */
  readonly keptOnDisk = new Set<NodeId>();
  ignored: (path: string) => boolean = () => false;
  /** Files were restored on disk, and both sides were not one since. */
  restored: Restored = null;
  #count = 0;
  readonly #rules: IgnoreRules;
  readonly #planning: PlanningRound;

  /**
   * @param oneWay only the remote follows
   * @param agreedAtATime where more has changed, what is alike is agreed on first; by default, the planner does it all
   */
  constructor(store: Store, { oneWay = false, agreedAtATime = Number.POSITIVE_INFINITY } = {}) {
    this.store = store;
    this.unanswered = createUnanswered(testNames.key, store.synced);
    this.rewritten = createRewritten(store);
    const none = new Set<NodeId>();
    const isIgnored = (path: RelativePath): boolean =>
      path !== "" && (this.ignored(path) || isIgnored(parentPath(path)));
    const match = (path: RelativePath): IgnoreRule | null =>
      isIgnored(path) ? { source: ".mignore", line: 1, pattern: "test" } : null;
    this.#rules = { match, problems: [] };
    this.#planning = createPlanningRound({
      store,
      remote: { names: testNames, who: "Ada" },
      rules: () => this.#rules,
      unknown: this.unknown,
      placeless: none,
      obstructed: none,
      takenNames: new Set(),
      left: { whereIs: (id) => this.left.get(id) ?? null },
      keptOnDisk: this.keptOnDisk,
      unanswered: this.unanswered,
      rewritten: this.rewritten,
      failing: none,
      released: () => undefined,
      parted: () => undefined,
      oneWay,
      agreedAtATime,
      restored: () => this.restored,
      mark: "",
      day: () => "2026-01-02",
      now: () => 0,
    });
    const place = { id: ROOT, parent: null, name: "" as Name, key: "" as NameKey, kind: "folder" as const, hash: null };
    const identity = "root" as LocalIdentity;
    const remoteId = "root" as RemoteId;
    store.local.put({ ...place, identity, fingerprint: "" as Fingerprint, size: 0, mtime: 0, special: null });
    store.remote.put({ ...place, remoteId, rev: null, size: 0, mtime: 0, downloadable: true });
    store.synced.put({ ...place, remoteName: "" as Name, identity, remoteId, since: 0 });
  }

  #path(path: string): RelativePath {
    return path as RelativePath;
  }

  at(side: Side, path: string): NodeId {
    const tree = side === "local" ? this.store.local : this.store.remote;
    const found = nodeAt<LocalNode | RemoteNode>(tree as never, ROOT, this.#path(path), testNames.key);
    if (found === undefined) throw new Error(`nothing at ${side} ${path}`);
    return found.id;
  }

  /** A file with a content, or, without one, a folder; its folders must be there. */
  create(side: Side, path: string, content: string | null = null): NodeId {
    const id = this.store.newId();
    this.#put(side, id, this.at(side, parentPath(this.#path(path))), baseName(this.#path(path)), content);
    return id;
  }

  pathOf(side: Side, id: NodeId): RelativePath {
    return side === "local" ? pathOf(this.store.local, id) : pathOf(this.store.remote, id);
  }

  createIn(side: Side, parent: NodeId, name: Name, content: string | null): NodeId {
    const id = this.store.newId();
    this.#put(side, id, parent, name, content);
    return id;
  }

  editNode(side: Side, id: NodeId, content: string): void {
    const node = side === "local" ? this.store.local.get(id) : this.store.remote.get(id);
    if (node?.parent == null) throw new Error(`not a file: ${id}`);
    this.#put(side, id, node.parent, node.name, content);
  }

  /** On disk, what is neither a file nor a folder. */
  special(path: string, what: string): NodeId {
    const id = this.create("local", path);
    const node = this.store.local.get(id);
    if (node !== undefined) this.store.local.put({ ...node, kind: "special", special: what });
    return id;
  }

  /** In Dropbox, what no file on disk can hold: a cloud document. */
  cloudDocument(path: string): NodeId {
    const id = this.create("remote", path, path);
    const node = this.store.remote.get(id);
    if (node !== undefined) this.store.remote.put({ ...node, downloadable: false });
    return id;
  }

  /** What both sides have and agree on. */
  both(path: string, content: string | null = null): NodeId {
    return this.bothIn(this.at("local", parentPath(this.#path(path))), baseName(this.#path(path)), content);
  }

  bothIn(parent: NodeId, name: Name, content: string | null): NodeId {
    const id = this.store.newId();
    this.#put("local", id, parent, name, content);
    this.#put("remote", id, parent, name, content);
    applyAdjustments(this.store, [{ kind: "agree", node: id, content: true }], 0, () => undefined);
    return id;
  }

  #put(side: Side, id: NodeId, parent: NodeId, name: Name, content: string | null): void {
    const hash = content as ContentHash | null;
    const place = { id, parent, name, key: testNames.key(name), hash };
    const kind = content === null ? "folder" : "file";
    const mark = ++this.#count;
    const size = content?.length ?? 0;
    if (side === "local") {
      const before = this.store.local.get(id);
      const identity = before?.identity ?? (`inode ${mark}` as LocalIdentity);
      this.store.local.put({
        ...place,
        kind,
        identity,
        fingerprint: `print ${mark}` as Fingerprint,
        size,
        mtime: 0,
        special: null,
      });
    } else {
      const before = this.store.remote.get(id);
      const remoteId = before?.remoteId ?? (`id:${mark}` as RemoteId);
      const rev = content === null ? null : (`rev ${mark}` as Rev);
      this.store.remote.put({ ...place, kind, remoteId, rev, size, mtime: 0, downloadable: true });
    }
  }

  edit(side: Side, path: string, content: string): void {
    this.editNode(side, this.at(side, path), content);
  }

  move(side: Side, from: string, to: string): void {
    this.place(side, this.at(side, from), this.at(side, parentPath(this.#path(to))), baseName(this.#path(to)));
  }

  /** Moves by id: for tests that build trees which no sequence of single moves gives. */
  place(side: Side, id: NodeId, parent: NodeId, name: Name): void {
    const key = testNames.key(name);
    if (side === "local") {
      const node = this.store.local.get(id);
      if (node !== undefined) this.store.local.put({ ...node, parent, name, key });
    } else {
      const node = this.store.remote.get(id);
      if (node !== undefined) this.store.remote.put({ ...node, parent, name, key });
    }
  }

  remove(side: Side, path: string): void {
    this.store[side].remove(this.at(side, path));
  }

  /** The ignore file has changed: from now on these are left out. */
  ignore(ignored: (path: string) => boolean): void {
    this.ignored = ignored;
    applyRules(this.store, this.#rules);
    this.#planning.reconsiderParked();
  }

  /** It is not planned now, though it has changed. */
  putOff = (id: NodeId): void => this.#planning.putOff(id);

  /** Agrees on what is alike, where so much has changed. */
  agree(): void {
    for (const _ of this.#planning.agreeOnAlike()) {
      // In the engine, others have their turn here.
    }
  }

  /** Plans as the engine does. */
  plan(): Outlook & { readonly parked: readonly Parked[] } {
    this.agree();
    const outlook = this.#planning.run();
    return { ...outlook, parked: [...this.#planning.parked.values(), ...outlook.stuck] };
  }

  /** An operation in words: `remote move a -> b`. */
  describe(operation: Operation): string {
    const { side, kind, node, parent, name } = operation;
    const place = (id: NodeId) => this.pathOf(side, id);
    const target = joinPath(place(parent), name);
    if (kind === "move") return `${side} move ${place(node)} -> ${target}`;
    if (kind === "transfer") return `${side === "local" ? "download" : "upload"} ${target}`;
    return `${side} ${kind} ${target}`;
  }

  /** What an executor does, on the trees alone. */
  carryOut(operation: Operation): void {
    const { side, kind, node, parent, name } = operation;
    const { local, remote } = this.store;
    switch (kind) {
      case "create-folder":
        this.#put(side, node, parent, name, null);
        break;
      case "move": {
        this.place(side, node, parent, name);
        const [onDisk, there] = [local.get(node), remote.get(node)];
        if (onDisk === undefined || there === undefined || operation.transient === true) break;
        // As the executors do: a name that the other side has in its own spelling stays so.
        const key = testNames.key(name);
        if (side === "local" && there.key === key) advancePlace(this.store, node, parent, name, there.name, key, 0);
        if (side === "remote") {
          const spelled = testNames.canonical(onDisk.name) === name ? onDisk.name : name;
          advancePlace(this.store, node, parent, spelled, name, key, 0);
        }
        break;
      }
      case "delete":
        this.store[side].remove(node);
        break;
      case "transfer": {
        const source = side === "local" ? remote.get(node) : local.get(node);
        if (source === undefined || source.hash === null) throw new Error("nothing to transfer");
        this.#put(side, node, parent, name, source.hash);
        const onDisk = local.get(node);
        const there = remote.get(node);
        if (onDisk !== undefined && there !== undefined) advanceContent(this.store, testNames, onDisk, there, 0);
        break;
      }
      default:
        kind satisfies never;
    }
  }

  /** Plans and carries out until nothing is left. @returns what was done, in words, round by round */
  settle(mostRounds = 60): string[][] {
    const rounds: string[][] = [];
    for (;;) {
      const { ready, waiting, unsettled } = this.plan();
      if (ready.length === 0) {
        if (waiting.length > 0) throw new Error(`stuck: ${waiting.map((one) => this.describe(one)).join("; ")}`);
        if (unsettled.length > 0) throw new Error(`unsettled: ${unsettled.join(", ")}`);
        return rounds;
      }
      // As the engine does: of two that would change where the other's folders are, the second waits for the next plan.
      const inFlight = createInFlight(this.store);
      const begun = ready.filter((operation) => inFlight.begin(operation));
      rounds.push(begun.map((operation) => this.describe(operation)));
      if (rounds.length > mostRounds) throw new Error(`no end: ${JSON.stringify(rounds.slice(-4))}`);
      for (const operation of begun) this.carryOut(operation);
    }
  }

  /** One side as path -> content (null for folders). */
  tree(side: Side | "synced"): Record<string, string | null> {
    const result: Record<string, string | null> = {};
    const tree = this.store[side];
    const visit = (id: NodeId, folder: string) => {
      for (const node of tree.children(id)) {
        const path = folder === "" ? node.name : `${folder}/${node.name}`;
        result[path] = node.hash;
        visit(node.id, path);
      }
    };
    visit(ROOT, "");
    return Object.fromEntries(Object.entries(result).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

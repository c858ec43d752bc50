import { pathKey } from "@twinfold/dropbox-rules";
import { isWithin, type RelativePath } from "@twinfold/engine";
import type { FileAction } from "./actions.ts";
import type { Step } from "./steps.ts";
import type { VisibleTree } from "./visible-tree.ts";

export const CHANGES = ["same", "created", "edited", "moved", "deleted", "other kind"] as const;
export type Change = (typeof CHANGES)[number];
export const FAULTS = [
  "none",
  "port errors",
  "kill",
  "lost events",
  "cursor reset",
  "old state",
  "full",
  "unreadable",
] as const;
export type FaultKind = (typeof FAULTS)[number];

interface Item {
  readonly disk: Set<Change>;
  readonly dropbox: Set<Change>;
}

/** Counts which change on disk met which change in Dropbox of the same thing, under which fault, between two rests. */
export class Coverage {
  /** `disk change|Dropbox change|fault` -> how often. */
  readonly counts = new Map<string, number>();
  #items = new Map<string, Item>();
  #faults = new Set<FaultKind>();
  #moves = { disk: [] as [string, string][], dropbox: [] as [string, string][] };

  act(side: "disk" | "dropbox", action: FileAction, before: VisibleTree): void {
    const origin = (path: string) => this.#origin(side, path);
    const note = (path: string, change: Change) => {
      const item = this.#items.get(origin(path)) ?? { disk: new Set(), dropbox: new Set() };
      item[side].add(change);
      this.#items.set(origin(path), item);
    };
    const below = (path: string, change: Change) => {
      for (const other of before.keys()) if (isWithin(other as RelativePath, path as RelativePath)) note(other, change);
    };
    switch (action.kind) {
      case "write":
      case "save":
      case "write slowly":
      case "append":
      case "mkdir":
      case "symbolic link":
      case "ignore": {
        const path = action.kind === "ignore" ? ".mignore" : action.path;
        note(path, before.has(path) ? "edited" : "created");
        break;
      }
      case "become file":
      case "become folder":
        note(action.path, before.has(action.path) ? "other kind" : "created");
        break;
      case "remove":
      case "unpack":
        below(action.path, "deleted");
        break;
      case "copy":
      case "hard link":
        note(action.to, before.has(action.to) ? "edited" : "created");
        break;
      case "move":
      case "rename over":
      case "swap":
        below(action.from, "moved");
        if (action.kind === "swap") below(action.to, "moved");
        else this.#moves[side].push([pathKey(action.from), pathKey(action.to)]);
        break;
      default:
        action satisfies never;
    }
  }

  fault(kind: FaultKind): void {
    this.#faults.add(kind);
  }

  step(step: Step): void {
    const kind = FAULT_OF_STEP[step.kind === "strike" ? step.event : step.kind];
    if (kind !== undefined) this.#faults.add(kind);
  }

  /** Everything is at rest: what was done until now met what it could meet. */
  rest(): void {
    const faults: readonly FaultKind[] = this.#faults.size === 0 ? ["none"] : [...this.#faults];
    for (const { disk, dropbox } of this.#items.values()) {
      for (const here of disk.size === 0 ? ["same"] : disk)
        for (const there of dropbox.size === 0 ? ["same"] : dropbox)
          for (const fault of faults) {
            const key = `${here}|${there}|${fault}`;
            this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
          }
    }
    this.#items = new Map();
    this.#faults = new Set();
    this.#moves = { disk: [], dropbox: [] };
  }

  /** Where what is at this path now was at the last rest. */
  #origin(side: "disk" | "dropbox", path: string): string {
    let key: string = pathKey(path);
    for (const [from, to] of this.#moves[side].toReversed())
      if (isWithin(key as RelativePath, to as RelativePath)) key = `${from}${key.slice(to.length)}`;
    return key;
  }
}

const FAULT_OF_STEP: Readonly<Partial<Record<Step["kind"], FaultKind>>> = {
  kill: "kill",
  "cut power": "kill",
  overflow: "lost events",
  reset: "cursor reset",
  "roll back state": "old state",
  "lose state": "old state",
  "disk full": "full",
  "Dropbox full": "full",
  unmount: "unreadable",
  unreadable: "unreadable",
  "rules unreadable": "unreadable",
};

/** A table for people: rows are what happened on disk, columns what happened in Dropbox; how often, and under how many of the faults. */
export function coverageTable(counts: ReadonlyMap<string, number>): string {
  const rows = [["disk \\ Dropbox", ...CHANGES]];
  for (const here of CHANGES) {
    const row: string[] = [here];
    for (const there of CHANGES) {
      const by = FAULTS.map((fault) => counts.get(`${here}|${there}|${fault}`) ?? 0);
      const sum = by.reduce((total, count) => total + count, 0);
      row.push(sum === 0 ? "-" : `${sum} (${by.filter((count) => count > 0).length}/${FAULTS.length})`);
    }
    rows.push(row);
  }
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}

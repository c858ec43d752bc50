import type { Name, NodeId } from "../ports/values.ts";
import { ROOT } from "../ports/values.ts";
import type { ThreeTrees } from "./three-trees.ts";

/** Files that lie in one folder. */
const IN_A_FOLDER = 100;

/** So many files that both sides have and agree on, and nothing else to do. @returns them, in the order of their ids */
export function filesAtRest(trees: ThreeTrees, count: number): NodeId[] {
  const files: NodeId[] = [];
  trees.store.transaction(() => {
    let folder = ROOT;
    for (let number = 0; number < count; number++) {
      if (number % IN_A_FOLDER === 0) folder = trees.bothIn(ROOT, `folder ${number / IN_A_FOLDER}` as Name, null);
      files.push(trees.bothIn(folder, `file ${number}.txt` as Name, `content ${number}`));
    }
  });
  trees.store.changed.clear();
  return files;
}

/** Changes each of these files on one side or the other, in all ways in turn: edits, moves, deletions, and a new one beside it. */
export function changeEach(trees: ThreeTrees, files: readonly NodeId[]): void {
  const { store } = trees;
  store.transaction(() => {
    for (const [number, id] of files.entries()) {
      const side = number % 2 === 0 ? "local" : "remote";
      const parent = store[side].get(id)?.parent ?? ROOT;
      const way = (number >> 1) % 4;
      if (way === 0) trees.editNode(side, id, `edited ${id}`);
      else if (way === 1) trees.place(side, id, ROOT, `moved ${id}` as Name);
      else if (way === 2) store[side].remove(id);
      else trees.createIn(side, parent, `new ${id}` as Name, `new ${id}`);
    }
  });
}

import { pathKey } from "@twinfold/dropbox-rules";
import type { RelativePath } from "@twinfold/engine";
import { actInDropbox, type FileAction } from "./actions.ts";
import { DISK_WORK } from "./ambush.ts";
import { sideOf } from "./cast.ts";
import { DiskUser } from "./disk-user.ts";
import { DropboxUser } from "./dropbox-user.ts";
import { mountElsewhere, mountOver } from "./mount-trial.ts";
import { fingerprintOf } from "./rest.ts";
import { type RivalDeed, wrongWinners } from "./rivals.ts";
import type { Side } from "./side.ts";
import type { Meeting, MeetingMoment, Step } from "./steps.ts";
import { GONE_WITHIN, type TrialParts } from "./trial-parts.ts";
import { textOf } from "./visible-tree.ts";

/** Of deletions, in cautious worlds. */
export const LOW_LIMITS = { files: 2, share: 0.2, emptied: 3 };
/** By then what was done in Dropbox is on disk as a rule, in milliseconds. */
const MEETS_WITHIN = 3_000;
/** By then what was just written has been read once more, in milliseconds. */
const READ_ONCE_MORE = 60_000;
/** Deletions on disk that follow each other as closely are waited for, and counted together; milliseconds. */
export const CLOSE = 40;

type StepOf<Kind extends Step["kind"]> = Extract<Step, { readonly kind: Kind }>;

const IGNORE_FILE = ".mignore" as RelativePath;

export function createTrials(parts: TrialParts) {
  const { cast, time, ambushes, settle, act, byUser } = parts;

  function rival(side: Side["kind"], action: FileAction): RivalDeed {
    const before = cast.user(side, 0).tree();
    act(side, 0, action);
    return { action, before, after: cast.user(side, 0).tree() };
  }

  /** Files that may go on each other side before somebody is asked, of so many. */
  function fewOf(kind: Side["kind"], pause: number, before: number): number {
    // The ignore file goes first, and then what it left out is there in its stead: the side is not emptied.
    const instead = parts.ignores ? 1 : 0;
    if (before <= LOW_LIMITS.files + instead) return before;
    const together = pause === 0 || (kind === "disk" && pause <= CLOSE);
    if (together && !parts.faults && !parts.ignores) return 0;
    return Math.max(LOW_LIMITS.files, Math.floor(before * LOW_LIMITS.share)) + instead;
  }

  /** Looks what goes elsewhere, where almost nothing may. */
  async function expectFewLosses(
    kind: Side["kind"],
    few: (before: number) => number,
    deed: () => Promise<void> | void,
  ) {
    await settle();
    const emptied = sideOf(cast.sides(), kind, 0).name;
    const files = ({ tree }: Side) => [...tree.values()].filter((content) => content !== null).length;
    const counts = cast.sides().map(files);
    await deed();
    await time.advance(GONE_WITHIN);
    return cast.sides().flatMap((side, number) => {
      const before = counts[number] ?? 0;
      const lost = before - files(side);
      if (side.name === emptied || lost <= few(before)) return [];
      return [`${emptied} was emptied, and ${lost} of ${before} files on ${side.name} went without a question`];
    });
  }

  return {
    /** Everything goes on one side, at once or one thing after the other: of the others, few may follow without a question. */
    empty: ({ side: kind, pause, anew }: StepOf<"empty">) =>
      expectFewLosses(
        kind,
        (before) => fewOf(kind, pause, before),
        async () => {
          const gone = [...cast.user(kind, 0).tree()].filter(([path]) => !path.includes("/"));
          for (const [path] of gone) {
            act(kind, 0, { kind: "remove", path });
            if (pause > 0) await time.advance(pause);
          }
          if (anew === null) return;
          await time.advance(MEETS_WITHIN);
          for (const [path] of gone.filter(([, content]) => content !== null).slice(2))
            act(kind, 0, { kind: "write", path, content: `${anew} at ${path}` });
        },
      ),

    /** That the session's folder itself is gone is no deletion of what was in it. */
    deleteFolder: () =>
      expectFewLosses(
        "dropbox",
        () => 0,
        () =>
          byUser(
            "dropbox",
            0,
            (user) => user instanceof DropboxUser && actInDropbox(user, { kind: "remove", path: "" }),
          ),
      ),

    /**
     * Something new comes together with the ignore file that leaves it out: it stays where it is. Where the name is taken
     * nothing is said. @returns what came to another side
     */
    async leaveOut({ side: kind, path, content, hidden }: StepOf<"leave out">): Promise<string[]> {
      await settle();
      const has = ({ tree }: Side) => [...tree.keys()].some((one) => pathKey(one) === pathKey(path));
      const isTaken = cast.sides().some(has);
      const deeds: readonly FileAction[] = [
        { kind: "ignore", text: `/${path}\n` },
        { kind: "write", path, content },
      ];
      for (const action of deeds) act(kind, 0, action);
      if (hidden) {
        const [disk] = cast.disks;
        const file = disk?.lookup(IGNORE_FILE);
        if (file !== undefined) disk?.unreadable.add(file);
        await time.advance(MEETS_WITHIN);
      }
      const own = sideOf(cast.sides(), kind, 0);
      await settle();
      if (isTaken || own.tree.get(".mignore") === null) return [];
      return cast
        .sides()
        .filter((side) => side.name !== own.name && has(side))
        .map(({ name }) => `${path} came to ${name}, though the ignore file that leaves it out came first`);
    },

    /**
     * While no engine runs, rules begin to match a file that is synced, and it is moved to where they do not: what Dropbox
     * has of it stays there, and the file is new at its new place. @returns where it did not stay
     */
    async leaveOutMoved(path: string, to: string, content: string): Promise<string[]> {
      act("disk", 0, { kind: "write", path, content });
      await settle();
      const dropboxes = () => cast.sides().filter(({ kind }) => kind === "dropbox");
      const lacks = ({ tree }: Side) => {
        const bytes = tree.get(path);
        return !(bytes instanceof Uint8Array) || textOf(bytes) !== content;
      };
      if (dropboxes().some(lacks)) return [];
      for (const host of cast.hosts) await time.until(host.stop());
      act("disk", 0, { kind: "ignore", text: `/${path}\n` });
      act("disk", 0, { kind: "move", from: path, to });
      const { tree } = sideOf(cast.sides(), "disk", 0);
      await settle();
      if (tree.has(path) || !tree.has(to) || tree.get(".mignore") === null) return [];
      return dropboxes()
        .filter(lacks)
        .map(({ name }) => `${path} left ${name}, though rules left it out before it was moved on disk`);
    },

    /** An edit from Dropbox is moved on disk as soon as it is there: in Dropbox the file is moved too, and not made anew. */
    async moveOnArrival(from: string, to: string, [first, second]: readonly [string, string]): Promise<string[]> {
      act("disk", 0, { kind: "write", path: from, content: first });
      await settle();
      const [here, there] = [cast.user("disk", 0), cast.user("dropbox", 0)];
      const isFile = (user: DiskUser | DropboxUser, path: string) => user.tree().get(path) instanceof Uint8Array;
      if (!isFile(here, from) || !isFile(there, from) || there.exists(to)) return [];
      const before = there.identity(from);
      let isMoved = false;
      const deed = () => {
        const hasArrived = isFile(here, from) && here.text(from) === second;
        act("disk", 0, { kind: "move", from, to });
        isMoved = hasArrived && isFile(here, to) && !here.exists(from);
      };
      parts.calm();
      ambushes.lay({ calls: ["place"], when: "after", pause: 300, deed });
      act("dropbox", 0, { kind: "write", path: from, content: second });
      await time.advance(MEETS_WITHIN);
      await settle();
      if (!isMoved || (isFile(there, to) && there.identity(to) === before)) return [];
      return [`${from} was moved to ${to} on disk, and is another file in Dropbox now`];
    },

    /** Something is moved in Dropbox, and of what is told of that, the second answer fails: on disk it is moved, not made anew. */
    async moveHalfTold(from: string, to: string, content: string): Promise<string[]> {
      act("disk", 0, { kind: "write", path: from, content });
      await settle();
      const here = cast.user("disk", 0);
      const isFile = (path: string) => here.tree().get(path) instanceof Uint8Array;
      if (!isFile(from) || here.exists(to)) return [];
      const before = here.identity(from);
      parts.calm();
      const fail = () => ambushes.lay({ calls: ["changes"], when: "refused", pause: 0, deed: () => undefined });
      ambushes.lay({ calls: ["changes"], when: "after", pause: 0, deed: fail });
      act("dropbox", 0, { kind: "move", from, to });
      await time.advance(MEETS_WITHIN);
      await settle();
      if (!isFile(to) || here.identity(to) === before) return [];
      return [`${from} was moved to ${to} in Dropbox, and is another file on disk now`];
    },

    /** What was just written is read once more in the end, and so all that was written to it comes to Dropbox. */
    async writeUnseen({ path, contents: [seen, unseen], pause }: StepOf<"write unseen">): Promise<void> {
      await settle();
      let isDone = false;
      const deed = () => {
        const file = cast.user("disk", 0).tree().get(path);
        if (isDone || !(file instanceof Uint8Array) || textOf(file) !== seen) return;
        isDone = true;
        byUser("disk", 0, (user) => user instanceof DiskUser && user.writeUnseen(path, unseen));
      };
      if (pause === null) ambushes.lay({ calls: ["hash"], when: "after", pause: 300, deed });
      act("disk", 0, { kind: "write", path, content: seen });
      await time.advance(pause ?? MEETS_WITHIN);
      deed();
      await time.advance(READ_ONCE_MORE);
      await settle();
    },

    mountOver: (step: StepOf<"mount over">) => mountOver(parts, step),
    mountElsewhere: (step: StepOf<"mount elsewhere">) => mountElsewhere(parts, step),

    /** Two deeds of which no engine sees one before the other. @returns what came of them and should not have */
    async meet({ disk, dropbox }: Meeting): Promise<string[]> {
      await settle();
      for (const host of cast.hosts) await time.until(host.stop());
      const deeds = [rival("disk", disk), rival("dropbox", dropbox)] as const;
      await settle();
      return wrongWinners(...deeds, cast.user("disk", 0).tree());
    },

    /** An engine knows of the one deed already, and not of the other: it must come to the same. */
    async meetAmidWork(deeds: Meeting, when: MeetingMoment): Promise<string[]> {
      await settle();
      const [first, second] = when === "writing" ? (["disk", "dropbox"] as const) : (["dropbox", "disk"] as const);
      const there = () => fingerprintOf([sideOf(cast.sides(), second, 0)]);
      const atRest = there();
      const done = { [first]: rival(first, deeds[first]) };
      const deed = () => {
        const isUntouched = there() === atRest;
        const other = rival(second, deeds[second]);
        if (isUntouched) done[second] = other;
      };
      // Nothing else fails: what can't be looked at may well be taken for something else.
      parts.calm();
      const calls = when === "writing" ? (["write"] as const) : DISK_WORK;
      ambushes.lay({ calls, when: when === "refused" ? "refused" : "before", pause: 2, deed });
      await time.advance(MEETS_WITHIN);
      await settle();
      const { disk, dropbox } = done;
      if (disk === undefined || dropbox === undefined || parts.unheard) return [];
      return wrongWinners(disk, dropbox, cast.user("disk", 0).tree());
    },
  };
}

import {
  type FileSystem,
  FileSystemError,
  type Fingerprint,
  isWithin,
  joinPath,
  type LocalIdentity,
  type LocalStat,
  type OpenFile,
  type RelativePath,
  ROOT_PATH,
  type StagedFile,
  type WatchHint,
} from "@twinfold/engine";
import type { Answer } from "../lockstep.ts";
import { Follower } from "./follower.ts";
import type { DiskSide } from "./sides.ts";
import type { CallStep, DiskStep, Expected, PortStep } from "./steps.ts";
import { byName, survey } from "./survey.ts";
import { StatWords } from "./words.ts";

const NONE = "none of any file";
const noSignal = new AbortController().signal;
const done: Answer = ["done"];

/** Takes one side through a script, and says in lines what came of each step and what there is after it. */
export class DiskPlayer {
  readonly #side: DiskSide;
  readonly #files: FileSystem;
  readonly #follower: Follower;
  readonly #hints: WatchHint[] = [];
  readonly #lookedAt = new Map<string, LocalStat>();
  readonly #open = new Map<number, OpenFile>();
  readonly #staged = new Map<number, StagedFile>();
  readonly #words = new StatWords();
  /** Files that have, or had, more than one name. */
  readonly #linked = new Set<LocalIdentity>();
  #away = false;

  constructor(side: DiskSide) {
    this.#side = side;
    this.#files = side.files;
    this.#follower = new Follower(side.files, side.add);
  }

  async begin(): Promise<void> {
    await this.#side.watch((hints) => this.#hints.push(...hints));
    await this.#follower.look(ROOT_PATH, true);
    // The staging folder lies in the root, and comes and goes as it is needed.
    const root = await this.#stat(ROOT_PATH);
    if (root !== null) this.#words.restless.add(root.identity);
    await survey(this.#side, this.#words);
  }

  async play(step: DiskStep): Promise<Answer> {
    this.#side.tick();
    const answer = await this.#take(step).catch(refusal);
    if (this.#away) return answer;
    const { lines } = await survey(this.#side, this.#words);
    return [...answer, ...lines];
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await file.close();
    await this.#side.close();
  }

  async #take(step: DiskStep): Promise<Answer> {
    // Nobody's programs are at work in a root that is not there, and nothing is heard of it.
    if (this.#away && (step.kind === "call" || step.kind === "follow")) return done;
    switch (step.kind) {
      case "root away":
        if (!this.#away) this.#side.rootAway(step.replaced);
        this.#away = true;
        return done;
      case "root back":
        if (this.#away) this.#side.rootBack();
        this.#away = false;
        return done;
      case "follow":
        return this.#follow();
      default:
        return "call" in step ? this.#call(step) : this.#ask(step);
    }
  }

  async #call(step: CallStep): Promise<Answer> {
    const { calls } = this.#side;
    switch (step.call) {
      case "write":
        calls.write(step.path, step.content);
        break;
      case "append":
        calls.append(step.path, step.content);
        break;
      case "truncate":
        calls.truncate(step.path, step.size);
        break;
      case "rename":
        calls.rename(step.from, step.to);
        break;
      case "link": {
        calls.link(step.from, step.to);
        const linked = await this.#stat(step.to as RelativePath);
        if (linked !== null) this.#linked.add(linked.identity);
        break;
      }
      case "chmod":
        calls.chmod(step.path, step.access);
        break;
      case "touch":
        calls.touch(step.path, step.milliseconds);
        break;
      case "removeStaging":
        calls.removeStaging();
        break;
      default:
        calls[step.call](step.path);
    }
    return done;
  }

  async #ask(step: PortStep): Promise<Answer> {
    const files = this.#files;
    const path = ("path" in step ? step.path : "from" in step ? step.from : "") as RelativePath;
    switch (step.kind) {
      case "look": {
        const stat = await files.stat(path);
        if (stat === null) this.#lookedAt.delete(path);
        else this.#lookedAt.set(path, stat);
        return [stat === null ? "nothing" : this.#words.of(stat)];
      }
      case "list":
        return this.#list(path);
      case "hash": {
        const { hash, stat } = await files.hash(path, noSignal);
        return [hash, this.#words.of(stat)];
      }
      case "open": {
        await this.#open.get(step.slot)?.close();
        this.#open.delete(step.slot);
        const file = await files.open(path, await this.#fingerprint(path, step.expected));
        this.#open.set(step.slot, file);
        return [`${file.size} bytes`];
      }
      case "read": {
        const file = this.#open.get(step.slot);
        if (file === undefined) return ["not open"];
        const pieces: Uint8Array[] = [];
        for await (const piece of file.read(step.start, step.end)) pieces.push(Uint8Array.from(piece));
        return [JSON.stringify(Buffer.concat(pieces).toString())];
      }
      case "verify":
        return [`${(await this.#open.get(step.slot)?.verify()) ?? "not open"}`];
      case "createFolder":
        return [this.#words.of(await files.createFolder(path))];
      case "stage":
        this.#staged.set(step.slot, await files.stage(ROOT_PATH));
        return done;
      case "fill": {
        const written = await this.#staged.get(step.slot)?.write(piecesOf(step.content));
        return [written === undefined ? "not staged" : `${written.size} bytes ${written.hash}`];
      }
      case "discard":
        await this.#staged.get(step.slot)?.discard();
        this.#staged.delete(step.slot);
        return done;
      case "place": {
        const staged = this.#staged.get(step.slot);
        if (staged === undefined) return ["not staged"];
        const expected = step.expected === null ? null : await this.#fingerprint(path, step.expected);
        const stat = await this.#taking(path, () => files.place(staged, path, expected, step.mtime));
        this.#staged.delete(step.slot);
        return [this.#words.of(stat)];
      }
      case "setModified": {
        const expected = await this.#fingerprint(path, step.expected);
        return [this.#words.of(await files.setModified(path, expected, step.mtime))];
      }
      case "move": {
        const expected = await this.#identity(path, step.expected);
        return [this.#words.of(await files.move(path, step.to as RelativePath, expected))];
      }
      case "removeFile": {
        const expected = await this.#fingerprint(path, step.expected);
        await this.#taking(path, () => files.removeFile(path, expected));
        return done;
      }
      case "removeFolder":
        await files.removeFolder(path, await this.#identity(path, step.expected));
        return done;
      case "clearStaging":
        await files.clearStaging();
        return done;
      case "setMark":
        await files.setMark(step.word);
        return done;
      case "mark":
        return [JSON.stringify(await files.mark())];
      default:
        return step satisfies never;
    }
  }

  async #list(path: RelativePath): Promise<Answer> {
    const lines: string[] = [];
    for await (const result of this.#files.list([path])) {
      if ("error" in result) throw result.error;
      lines.push(`self ${this.#words.of(result.self)}`);
      for (const { name, why } of byName(result.unknown)) lines.push(`${name} is unknown: ${why}`);
      for (const entry of byName(result.entries)) {
        this.#lookedAt.set(joinPath(path, entry.name), entry);
        lines.push(`${entry.name} ${this.#words.of(entry)}`);
      }
    }
    return lines;
  }

  /** What was hinted at, and where the follower of hints is wrong or behind. */
  async #follow(): Promise<Answer> {
    const hinted = new Set<string>();
    for (let more = true; more; ) {
      await this.#side.allHintsTold();
      const hints = this.#hints.splice(0);
      more = hints.length > 0;
      for (const hint of hints) for (const line of wordsOf(hint)) hinted.add(line);
      await this.#follower.follow(hints);
    }
    const lines = [...hinted].sort();
    const { stats, closed } = await survey(this.#side, this.#words);
    for (const path of new Set([...stats.keys(), ...this.#follower.known.keys()])) {
      if (closed.some((folder) => path !== folder && isWithin(path, folder))) continue;
      const [known, there] = [this.#follower.known.get(path), stats.get(path)];
      if (known?.identity !== there?.identity || known?.kind !== there?.kind) lines.push(`! lost: ${path}`);
      // A file of several names is changed under one of them, and only that one is heard of.
      else if (
        there !== undefined &&
        known?.fingerprint !== there.fingerprint &&
        !this.#words.restless.has(there.identity)
      )
        lines.push(this.#linked.has(there.identity) ? `unheard of: ${path}` : `! lost: a change of ${path}`);
    }
    return lines;
  }

  /** Whether a fingerprint changes once more when the port lets go of a name of a linked file, and when, is left open. */
  async #taking<T>(path: RelativePath, body: () => Promise<T>): Promise<T> {
    const before = await this.#stat(path);
    const result = await body();
    if (before !== null && this.#linked.has(before.identity)) this.#words.restless.add(before.identity);
    return result;
  }

  /** What is at a path; null also for what can't be looked at. */
  async #stat(path: RelativePath): Promise<LocalStat | null> {
    try {
      return await this.#files.stat(path);
    } catch (error) {
      if (error instanceof FileSystemError) return null;
      throw error;
    }
  }

  async #expected(path: RelativePath, expected: Expected): Promise<LocalStat | null> {
    if (expected === "none") return null;
    return expected === "current" ? this.#stat(path) : (this.#lookedAt.get(path) ?? null);
  }

  async #fingerprint(path: RelativePath, expected: Expected): Promise<Fingerprint> {
    return (await this.#expected(path, expected))?.fingerprint ?? (NONE as Fingerprint);
  }

  async #identity(path: RelativePath, expected: Expected): Promise<LocalIdentity> {
    return (await this.#expected(path, expected))?.identity ?? (NONE as LocalIdentity);
  }
}

function refusal(error: unknown): Answer {
  const { code } = error as { code?: unknown };
  const isTold = error instanceof FileSystemError || (typeof code === "string" && /^E[A-Z]+$/.test(code));
  return isTold ? [`refused: ${code}`] : [`! broke: ${error}`];
}

function wordsOf(hint: WatchHint): string[] {
  if (hint.kind === "subtree") return [`hint: all in ${hint.path}/`];
  return [
    `hint: ${hint.path}/`,
    ...(hint.names ?? []).map((name) => `hint: ${joinPath(hint.path, name)}`),
    ...(hint.closed ?? []).map((name) => `hint: ${joinPath(hint.path, name)} is closed`),
  ];
}

async function* piecesOf(content: string): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(content);
  const middle = bytes.length >> 1;
  yield bytes.subarray(0, middle);
  yield bytes.subarray(middle);
}

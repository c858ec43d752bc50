import { pathKey } from "@twinfold/dropbox-rules";
import { type RelativePath, RemoteError, type RemoteRead } from "@twinfold/engine";
import type { Answer } from "../lockstep.ts";
import { Knowledge } from "./knowledge.ts";
import { Readers } from "./readers.ts";
import { OthersError, type RemoteSide } from "./sides.ts";
import type { OthersStep, PortStep, RemoteStep } from "./steps.ts";
import { byPath, ItemWords } from "./words.ts";
import { Writer } from "./writer.ts";

const noSignal = new AbortController().signal;
const NOTHING = new Uint8Array(0);
const done: Answer = ["done"];

/** Takes one side through a script, and says in lines what came of each step and what there is after it. */
export class RemotePlayer {
  readonly #side: RemoteSide;
  readonly #words = new ItemWords();
  readonly #knowledge: Knowledge;
  readonly #writer: Writer;
  readonly #readers: Readers;
  /** Every path where anything ever was, by key. */
  readonly #paths = new Set<string>();

  constructor(side: RemoteSide) {
    this.#side = side;
    this.#knowledge = new Knowledge(side);
    this.#writer = new Writer(side.remote, this.#knowledge, this.#words);
    this.#readers = new Readers(side, this.#knowledge, this.#words);
  }

  async play(step: RemoteStep): Promise<Answer> {
    const answer = await this.#take(step).catch(refusal);
    return [...answer, ...(await this.#survey())];
  }

  close(): Promise<void> {
    return this.#side.close();
  }

  async #take(step: RemoteStep): Promise<Answer> {
    switch (step.kind) {
      case "others":
        return this.#others(step);
      case "reset cursors":
        await this.#side.resetCursors();
        return done;
      case "revoke":
        await this.#side.revoke();
        return done;
      default:
        return this.#ask(step);
    }
  }

  async #others(step: OthersStep): Promise<Answer> {
    const { others } = this.#side;
    switch (step.deed) {
      case "upload":
        await others.upload(step.path, step.content, step.mtime);
        break;
      case "move":
        await others.move(step.from, step.path);
        break;
      default:
        await others[step.deed](step.path);
    }
    return done;
  }

  async #ask(step: PortStep): Promise<Answer> {
    const { remote } = this.#side;
    switch (step.kind) {
      case "create root":
        await remote.createRoot();
        return done;
      case "lookup": {
        const path = step.path as RelativePath;
        const entry = await remote.lookup(path, noSignal);
        this.#knowledge.saw(path, entry);
        return [entry === null ? "nothing" : this.#words.told(entry)];
      }
      case "write":
        return this.#writer.write(step.writes);
      case "read":
        return this.#read(step);
      case "follow":
        return this.#follow(step);
      case "wait":
        return this.#wait(step.slot, step.meanwhile);
      default:
        return step satisfies never;
    }
  }

  async #read({ reads }: Extract<PortStep, { kind: "read" }>): Promise<Answer> {
    const received = new Map<number, Buffer>();
    const told = new Map<number, string>();
    const asked: RemoteRead[] = [];
    for (const [key, { path, expected }] of reads.entries()) {
      const entry = await this.#knowledge.of(path, expected);
      if (entry?.kind !== "file") continue;
      const { id, rev, size, hash } = entry;
      const accept = async (content: AsyncIterable<Uint8Array>) => {
        for await (const piece of content) received.set(key, Buffer.concat([received.get(key) ?? NOTHING, piece]));
      };
      asked.push({ key, path: path as RelativePath, id, rev, size, hash, accept });
    }
    const report = ({ key, error }: { readonly key: number; readonly error?: RemoteError }) => {
      const what = error === undefined ? "got" : `refused: ${error.code}`;
      told.set(key, told.has(key) ? "! told twice" : what);
    };
    await this.#side.remote.read(asked, () => null, report, noSignal);
    return asked.map(({ key, path }) => `${path}: ${told.get(key) ?? "! not told"} ${received.get(key) ?? ""}`);
  }

  async #follow(step: Extract<PortStep, { kind: "follow" }>): Promise<Answer> {
    const { meanwhile } = step;
    let deed: Answer = [];
    const others = async () => {
      if (meanwhile !== null) deed = await this.#others(meanwhile).catch(refusal);
    };
    const answer = await this.#readers.follow(step, meanwhile === null ? null : others).catch(refusal);
    return [...answer, ...deed];
  }

  async #wait(slot: number, meanwhile: OthersStep | null): Promise<Answer> {
    const cursor = this.#readers.cursor(slot);
    if (cursor === null) return ["nothing to wait from"];
    const end = new AbortController();
    let outcome = "waits";
    const waiting = this.#side.remote.waitForChange(cursor, end.signal).then(
      () => {
        outcome = "something";
      },
      (error: unknown) => {
        if (!end.signal.aborted) [outcome = ""] = refusal(error);
      },
    );
    await this.#side.allTold();
    const lines = [outcome];
    if (meanwhile !== null) {
      lines.push(...(await this.#others(meanwhile).catch(refusal)));
      await this.#side.allTold();
      lines.push(outcome);
    }
    end.abort();
    await waiting;
    return lines;
  }

  async #survey(): Promise<string[]> {
    const items = byPath(await this.#side.items());
    for (const { path } of items) this.#paths.add(pathKey(path));
    const lines = items.map((item) => `there: ${this.#words.there(item)}`);
    for (const path of [...this.#paths].sort()) {
      const versions = await this.#side.history(path);
      if (versions.length > 0) lines.push(`history: ${path} ${this.#words.versions(versions)}`);
    }
    return lines;
  }
}

export function refusal(error: unknown): Answer {
  const isTold = error instanceof RemoteError || error instanceof OthersError;
  return isTold ? [`refused: ${error.code}`] : [`! broke: ${error instanceof Error ? error.stack : error}`];
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { userInfo } from "node:os";
import { join } from "node:path";

const AS_ROOT = userInfo().uid === 0;

/** Mounts that only programs run `through` here see; they are gone with the last of those. */
export class OwnMounts {
  readonly #keeper: ChildProcess;
  readonly #pid: number;

  private constructor(keeper: ChildProcess, pid: number) {
    this.#keeper = keeper;
    this.#pid = pid;
  }

  /** @returns null where this system lets us have none */
  static async open(): Promise<OwnMounts | null> {
    // Ends with this process, however that ends: then there is nothing more to be read.
    const keeper = spawn("unshare", [...(AS_ROOT ? ["-m"] : ["-r", "-m"]), "sh", "-c", "echo $$; exec cat"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const pid = await new Promise<number>((resolve) => {
      keeper.once("error", () => resolve(0));
      keeper.once("exit", () => resolve(0));
      keeper.stdout.once("data", (line: Buffer) => resolve(Number(line)));
    });
    return pid > 0 ? new OwnMounts(keeper, pid) : null;
  }

  /**
   * A folder as another machine's would be: what is written in `store` itself, nobody tells of at `point`, and what was looked
   * at there the kernel remembers for minutes. @returns whether this system has bindfs(1), and lets us use it
   */
  shares(store: string, point: string): boolean {
    try {
      this.run("bindfs", "-o", "attr_timeout=300,entry_timeout=300", store, point);
      return true;
    } catch {
      return false;
    }
  }

  get through(): readonly string[] {
    return ["nsenter", "-t", String(this.#pid), "-m", ...(AS_ROOT ? [] : ["-U", "--preserve-credentials"]), "--"];
  }

  /** Where this process sees what is at a path there. */
  at(path: string): string {
    return join(`/proc/${this.#pid}/root`, path);
  }

  run(...words: string[]): void {
    const [program = "", ...args] = [...this.through, ...words];
    const done = spawnSync(program, args, { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${words.join(" ")}: ${done.stderr}`);
  }

  close(): void {
    this.#keeper.kill();
  }
}

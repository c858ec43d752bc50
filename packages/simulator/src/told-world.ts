import { DiskUser } from "./disk-user.ts";
import { DropboxUser } from "./dropbox-user.ts";
import { EngineHost } from "./engine-host.ts";
import type { Fault, PortCall } from "./faults.ts";
import { SeededRandomness } from "./seeded-randomness.ts";
import { VirtualDisk } from "./virtual-disk.ts";
import { VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualTime } from "./virtual-time.ts";

/** A world of one user in which nothing happens by chance: for what seeds have found, told as examples. */
export class ToldWorld {
  readonly time = new VirtualTime();
  readonly disk = new VirtualDisk(this.time);
  readonly here = new DiskUser(this.disk);
  readonly there: DropboxUser;
  readonly host: EngineHost;
  /** Done once, when the engine makes this call: as a rule shortly before it takes effect, and long before it is answered. */
  amid: { readonly call: PortCall["name"]; readonly deed: () => void; readonly fault?: Fault } | null = null;
  /** How long calls of these names take to be answered, once their effect is there; in milliseconds. */
  takes: Readonly<Partial<Record<PortCall["name"], number>>> = {};
  /** The names of the calls that the engine made, and those of them that went to Dropbox. */
  calls: string[] = [];
  remoteCalls: string[] = [];
  /** In which order Dropbox tells the two halves of a move. */
  newFirst = false;
  /** A folder of which the engine hears nothing. */
  unheard: string | null = null;

  /** @param share the kind of network file system that the disk is: there the engine hears of nothing that its user does */
  constructor(share?: string) {
    const { time, disk } = this;
    const dropbox = new VirtualDropbox({ randomness: { chance: () => this.newFirst } });
    this.there = new DropboxUser(dropbox, "F", time);
    this.host = new EngineHost({
      name: "engine",
      time,
      disk,
      dropbox,
      folder: "F",
      randomness: new SeededRandomness(1),
      faults: (call) => this.#meet(call),
      hints: ({ path }) => (path === this.unheard || share !== undefined ? [] : [0]),
      ...(share === undefined ? {} : { share }),
      nasty: false,
    });
  }

  /** @throws Error when the engine does not say within a minute that both sides are the same */
  async rest(): Promise<void> {
    const { host, time } = this;
    host.start();
    if (host.engine === null || !(await time.until(host.engine.wait(60)))) throw new Error("no rest within a minute");
  }

  #meet({ name, port }: PortCall): Fault | undefined {
    this.calls.push(name);
    if (port === "remote") this.remoteCalls.push(name);
    const answerDelay = this.takes[name];
    if (name !== this.amid?.call) return answerDelay === undefined ? undefined : { answerDelay };
    const { deed, fault } = this.amid;
    this.time.after(10, deed);
    this.amid = null;
    return fault ?? { delay: 20, answerDelay: 300 };
  }
}

export function pathsOf(user: DiskUser | DropboxUser): string[] {
  return [...user.tree().keys()];
}

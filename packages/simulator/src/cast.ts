import { type EngineSettings, type NotSynced, ROOT_PATH } from "@twinfold/engine";
import { DiskUser } from "./disk-user.ts";
import type { HintHook } from "./disk-watch.ts";
import { DropboxUser } from "./dropbox-user.ts";
import { EngineHost } from "./engine-host.ts";
import type { FaultHook } from "./faults.ts";
import { fingerprintOf } from "./rest.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { Side } from "./side.ts";
import { STAGING_FOLDER, VirtualDisk } from "./virtual-disk.ts";
import { VirtualDropbox } from "./virtual-dropbox.ts";
import type { VirtualTime } from "./virtual-time.ts";
import type { Layout } from "./world-options.ts";

/** The session's folder, and something beside it that is none of the engine's business. */
export const FOLDER = "Org/Space/Master";
export const OUTSIDE = "Org/Space/Other/untouched.txt";

export interface CastOptions {
  readonly layout: Layout;
  readonly time: VirtualTime;
  readonly randomness: SeededRandomness;
  readonly faults: FaultHook;
  readonly hints: HintHook;
  readonly overlooks: () => boolean;
  readonly settings: Partial<EngineSettings>;
  /** The kind of network file system that all disks are. */
  readonly share?: string;
}

/** Who and what is in a world: disks, accounts, their users, and the engines between them. */
export class Cast {
  readonly disks: VirtualDisk[] = [];
  readonly dropboxes: VirtualDropbox[] = [];
  readonly hosts: EngineHost[] = [];
  readonly #diskUsers: DiskUser[];
  readonly #dropboxUsers: DropboxUser[];

  constructor({ layout, time, randomness, faults, hints, overlooks, settings, share }: CastOptions) {
    for (let number = 0; number < (layout === "two machines" ? 2 : 1); number++) this.disks.push(new VirtualDisk(time));
    for (let number = 0; number < (layout === "co-authors" ? 2 : 1); number++) {
      const who = number === 0 ? "Ada Lovelace" : "Grace Hopper";
      const dropbox = new VirtualDropbox({ who, randomness: randomness.fork(), now: () => time.monotonic() });
      dropbox.upload(OUTSIDE, new TextEncoder().encode("outside"));
      this.dropboxes.push(dropbox);
    }
    this.#diskUsers = this.disks.map((disk) => new DiskUser(disk));
    this.#dropboxUsers = this.dropboxes.map((dropbox) => new DropboxUser(dropbox, FOLDER, time));
    const engines = layout === "one" ? 1 : 2;
    for (let number = 0; number < engines; number++) {
      const name = `engine ${number + 1}`;
      this.hosts.push(
        new EngineHost({
          name,
          time,
          disk: at(this.disks, number),
          dropbox: at(this.dropboxes, number),
          folder: FOLDER,
          randomness: randomness.fork(),
          faults: engines === 1 ? faults : (call) => faults({ ...call, caller: name }),
          hints,
          overlooks,
          settings,
          ...(share === undefined ? {} : { share }),
          nasty: true,
        }),
      );
    }
  }

  user(side: Side["kind"], number: number): DiskUser | DropboxUser {
    return side === "disk" ? at(this.#diskUsers, number) : at(this.#dropboxUsers, number);
  }

  /** All sides as they are now, disks first. */
  sides(): Side[] {
    const side = (kind: Side["kind"], name: string, user: DiskUser | DropboxUser): Side => ({
      kind,
      name,
      tree: user.tree(),
      identity: (path) => user.identity(path),
      wentUnseen: (content) => user instanceof DropboxUser && user.wentUnseen(content),
      version: (path) => user.version(path),
      modified: (path) => user.modified(path),
    });
    return [
      ...this.#diskUsers.map((user, number) => side("disk", `disk ${number + 1}`, user)),
      ...this.#dropboxUsers.map((user, number) => side("dropbox", `Dropbox ${number + 1}`, user)),
    ];
  }

  /** What engines say is not synced. */
  notSynced(): NotSynced[] {
    return this.hosts.flatMap(({ engine }) => engine?.notSynced() ?? []);
  }

  /** The disk and the Dropbox of an engine. */
  sidesOf(host: EngineHost): readonly [Side, Side] {
    const sides = this.sides();
    const of = (kind: Side["kind"]) => sideOf(sides, kind, this.hosts.indexOf(host));
    return [of("disk"), of("dropbox")];
  }

  /** What one engine does, another has to hear of: what goes and comes back is no rest, though it looks the same. */
  situation(): string {
    const onDisks = this.disks.map((disk) =>
      [...disk.walk(ROOT_PATH)]
        .filter(([path]) => path !== ROOT_PATH && !path.startsWith(STAGING_FOLDER))
        .map(([path, { number, changed }]) => `${number} ${changed} ${path}`),
    );
    return JSON.stringify([this.dropboxes.map(({ log }) => log.last), onDisks, fingerprintOf(this.sides())]);
  }

  /** Room everywhere, and all that can be read. */
  mend(): void {
    for (const disk of this.disks) {
      disk.capacity = Number.POSITIVE_INFINITY;
      disk.setMounted(true);
      disk.unreadable.clear();
      disk.unknowable.clear();
    }
    for (const dropbox of this.dropboxes) dropbox.quota = Number.POSITIVE_INFINITY;
  }
}

/** The number wraps around: a script for two disks runs on one as well. */
export function at<T>(things: readonly T[], number: number): T {
  return things[number % things.length] as T;
}

export function sideOf(sides: readonly Side[], kind: Side["kind"], number: number): Side {
  const ofKind = sides.filter((side) => side.kind === kind);
  return at(ofKind, number);
}

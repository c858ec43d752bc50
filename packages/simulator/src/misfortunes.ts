import { type RelativePath, ROOT_PATH } from "@twinfold/engine";
import type { EngineHost } from "./engine-host.ts";
import type { SeededRandomness } from "./seeded-randomness.ts";
import type { EngineStep, SideStep } from "./steps.ts";
import { STAGING_FOLDER, type VirtualDisk } from "./virtual-disk.ts";
import type { VirtualDropbox } from "./virtual-dropbox.ts";
import { MOST_RECENT } from "./virtual-store.ts";

/** What happens to an engine and its state. */
export function treat(kind: EngineStep, host: EngineHost, random: SeededRandomness): void {
  switch (kind) {
    case "stop":
      // Not waited for: users go on meanwhile.
      void host.stop();
      break;
    case "start":
      host.start();
      break;
    case "kill":
      host.kill();
      break;
    case "cut power":
      host.cutPower(1 + random.below(MOST_RECENT));
      break;
    case "overflow":
      host.overflow();
      break;
    case "reset":
      host.resetCursors();
      break;
    case "back up state":
      host.backUpState();
      break;
    case "roll back state":
      host.rollBackState();
      break;
    case "lose state":
      host.loseState();
      break;
    default:
      kind satisfies never;
  }
}

/** What happens to a disk, or to an account. */
export function befall(kind: SideStep, disk: VirtualDisk, dropbox: VirtualDropbox, random: SeededRandomness): void {
  switch (kind) {
    case "disk full":
      disk.capacity = disk.used() + 5;
      break;
    case "Dropbox full":
      dropbox.quota = dropbox.used() + 5;
      break;
    case "unmount":
    case "mount":
      disk.setMounted(kind === "mount");
      break;
    case "unreadable": {
      const things = [...disk.walk(ROOT_PATH)].filter(([path]) => !path.startsWith(STAGING_FOLDER));
      const chosen = things.length === 0 ? undefined : random.pick(things);
      if (chosen !== undefined) (random.chance(0.5) ? disk.unreadable : disk.unknowable).add(chosen[1]);
      break;
    }
    case "rules unreadable": {
      const file = disk.lookup(".mignore" as RelativePath);
      if (file !== undefined) (random.chance(0.5) ? disk.unreadable : disk.unknowable).add(file);
      break;
    }
    default:
      kind satisfies never;
  }
}

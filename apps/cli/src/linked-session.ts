import type { EngineStatus } from "@twinfold/engine";
import type { SyncSession } from "@twinfold/session";
import { ControlError } from "@twinfold/session/control";
import { type ConfigFile, type LinkedAccount, type Root, UNLINKED } from "./config.ts";

/** Seconds for what is under way when the link it goes by has gone. */
const LAST_WORDS = 2;

/** A root's session while its daemon runs: another one whenever another account is linked, and none while there is none. */
export interface LinkedSession {
  status(): EngineStatus;
  /** @throws ControlError while there is none */
  session(): SyncSession;
  /** Looks whether the link is another one by now, and goes by it. */
  followLink(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws what `open` throws, for the first link */
export async function openLinkedSession(
  config: ConfigFile,
  root: Root,
  open: (link: LinkedAccount) => Promise<SyncSession>,
): Promise<LinkedSession> {
  let link: LinkedAccount | null = config.requireLink();
  let current: SyncSession | null = await open(link);
  let problem = UNLINKED;
  let last = current.status();
  let following = Promise.resolve();
  const isPaused = () => config.roots().find((one) => one.root === root.root)?.paused ?? root.paused;
  if (isPaused()) current.pause();

  async function follow(): Promise<void> {
    const next = config.link();
    if (current !== null && next !== null && isSame(next, link)) {
      // As a user who says "try again": what was refused a moment ago may be granted now.
      if (!isPaused()) current.resume();
      return;
    }
    const former = current;
    current = null;
    link = next;
    problem = UNLINKED;
    last = former?.status() ?? last;
    await former?.stop(LAST_WORDS);
    if (link === null) return;
    try {
      current = await open(link);
      if (isPaused()) current.pause();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  }

  return {
    status: () => current?.status() ?? { ...last, state: "reconnect", message: problem, progress: null },
    session() {
      if (current === null) throw new ControlError("not-linked", problem);
      return current;
    },
    followLink() {
      following = following.then(follow);
      return following;
    },
    async stop() {
      await following.catch(() => undefined);
      await current?.stop();
    },
  };
}

function isSame(a: LinkedAccount, b: LinkedAccount | null): boolean {
  return (
    b !== null && a.accountId === b.accountId && a.refreshToken === b.refreshToken && a.dropboxUrl === b.dropboxUrl
  );
}

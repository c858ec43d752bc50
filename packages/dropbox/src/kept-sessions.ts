import type { Clock, RemoteFile } from "@twinfold/engine";

/** What tells one content from all others; bytes. */
type Content = Pick<RemoteFile, "hash" | "size">;

/** An upload session, and what of its file is in it. Offsets and sizes in bytes. */
export interface KeptSession {
  readonly id: string;
  /** On the monotonic clock, in milliseconds. */
  readonly startedAt: number;
  /** The block digests of parts that were sent whole and not answered, by offset; null where two tries sent unlike bytes. */
  readonly sent: Map<number, Uint8Array | null>;
  /** The block digests of the parts that have arrived, by offset. */
  readonly arrived: Map<number, Uint8Array>;
  /** How often Dropbox answered its finish with nothing but errors of its own. */
  refusals: number;
}

export function newSession(id: string, startedAt: number): KeptSession {
  return { id, startedAt, sent: new Map(), arrived: new Map(), refusals: 0 };
}

/** Milliseconds for which one is used; Dropbox forgets it after 7 days. */
const LIFETIME = 12 * 3600_000;
/** As many as two of the largest batches have. */
const MOST = 2000;
/** A session whose finish failed so often is not tried any longer: some never work again (rclone/rclone#2158). */
const MOST_REFUSALS = 5;

/**
 * The upload sessions of an account that could not be finished, by the content they are for, so that an outage costs no
 * more than what it interrupted. In memory only. A session has one user at a time.
 */
export function createKeptSessions(clock: Clock) {
  const kept = new Map<string, KeptSession>();
  const keyOf = ({ hash, size }: Content) => `${hash} ${size}`;
  const isGood = (session: KeptSession) =>
    session.refusals < MOST_REFUSALS && clock.monotonic() - session.startedAt < LIFETIME;

  return {
    take(upload: Content): KeptSession | null {
      const key = keyOf(upload);
      const session = kept.get(key);
      kept.delete(key);
      return session !== undefined && isGood(session) ? session : null;
    },
    keep(upload: Content, session: KeptSession): void {
      for (const [key, other] of kept) if (!isGood(other)) kept.delete(key);
      kept.set(keyOf(upload), session);
      const [oldest] = kept.keys();
      if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
    },
  };
}

export type KeptSessions = ReturnType<typeof createKeptSessions>;

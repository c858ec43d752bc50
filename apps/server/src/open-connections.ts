/** How often logins are looked at for having expired, in milliseconds. */
const LOOK_EVERY = 60_000;

interface Connection {
  readonly expiresAt: string;
  close(): void;
}

/** Connections that go on, such as terminals: each ends with the login that it was opened under. */
export function createOpenConnections() {
  const bySession = new Map<string, Set<Connection>>();
  /** Logins that have just ended, and when: what was about to be opened under one is not. */
  const ended = new Map<string, number>();

  const look = setInterval(() => {
    const now = new Date().toISOString();
    for (const connection of [...bySession.values()].flatMap((all) => [...all])) {
      if (connection.expiresAt < now) connection.close();
    }
    for (const [sessionHash, at] of ended) if (at < Date.now() - LOOK_EVERY) ended.delete(sessionHash);
  }, LOOK_EVERY).unref();

  return {
    /** @returns to be called when it has closed */
    add(login: { readonly sessionHash: string; readonly expiresAt: string }, close: () => void): () => void {
      const { sessionHash, expiresAt } = login;
      const connection = { expiresAt, close };
      const all = bySession.get(sessionHash) ?? new Set();
      bySession.set(sessionHash, all.add(connection));
      if (ended.has(sessionHash)) close();
      return () => {
        all.delete(connection);
        if (all.size === 0) bySession.delete(sessionHash);
      };
    },
    /** The login is over. */
    end(sessionHash: string): void {
      ended.set(sessionHash, Date.now());
      for (const connection of [...(bySession.get(sessionHash) ?? [])]) connection.close();
    },
    stop: () => clearInterval(look),
  };
}

export type OpenConnections = ReturnType<typeof createOpenConnections>;

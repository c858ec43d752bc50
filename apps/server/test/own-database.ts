import { randomUUID } from "node:crypto";
import pg from "pg";

/** A database of one's own on the PostgreSQL server that DATABASE_URL names; the embedded one where it names none. */
export interface OwnDatabase {
  /** Undefined: embedded in the data folder. */
  readonly url: string | undefined;
  drop(): Promise<void>;
}

export async function createOwnDatabase(): Promise<OwnDatabase> {
  const { DATABASE_URL } = process.env;
  if (DATABASE_URL === undefined) return { url: undefined, drop: async () => undefined };
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await ask(DATABASE_URL, `CREATE DATABASE ${name}`);
  const url = new URL(DATABASE_URL);
  url.pathname = `/${name}`;
  // PostgreSQL waits for the connections of a server that has just ended, five seconds and no more.
  return { url: url.href, drop: () => ask(DATABASE_URL, `DROP DATABASE ${name}`) };
}

/** Any statements, in one go. */
export async function ask(connectionString: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

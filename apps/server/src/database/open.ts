import { type Dialect, Kysely, PostgresDialect } from "kysely";
import { EXIT, StartError } from "../server-error.ts";
import { migrate } from "./migrations.ts";
import { pgliteDialect } from "./pglite-dialect.ts";
import { takeReadyDatabase } from "./ready-database.ts";
import type { Database } from "./schema.ts";

/**
 * The server's database: a PostgreSQL server where an address is given, else PostgreSQL embedded in the data folder.
 * @throws StartError when it is a newer version's, or can't be reached or read
 */
export async function openDatabase(options: {
  readonly url: string | undefined;
  readonly folder: string;
}): Promise<Kysely<Database>> {
  const { url, folder } = options;
  let database: Kysely<Database> | null = null;
  try {
    database = new Kysely({ dialect: url === undefined ? await embedded(folder) : await served(url) });
    await migrate(database);
    return database;
  } catch (error) {
    await database?.destroy();
    if (error instanceof StartError) throw error;
    const what = url === undefined ? `The embedded database in ${folder}` : "The database that DATABASE_URL names";
    throw new StartError(EXIT.failed, `${what} can't be used: ${reason(error)}`, error);
  }
}

async function embedded(folder: string): Promise<Dialect> {
  await takeReadyDatabase(folder);
  const { PGlite } = await import("@electric-sql/pglite");
  return pgliteDialect(await PGlite.create(folder));
}

async function served(connectionString: string): Promise<Dialect> {
  const { default: pg } = await import("pg");
  const pool = new pg.Pool({ connectionString });
  // PostgreSQL has been restarted, say. Unheard, it would end this process; the next statement opens another connection.
  pool.on("error", (error) => console.error(`The database has ended a connection: ${reason(error)}`));
  return new PostgresDialect({ pool });
}

/** One line; a host with several addresses fails with an error for each, and no words of its own. */
function reason(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const words = first instanceof Error ? first.message || first.name : String(first);
  return words.split("\n")[0] ?? "";
}

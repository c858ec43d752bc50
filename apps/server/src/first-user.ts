import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kysely } from "kysely";
import { z } from "zod";
import { insertUser, passwordHash } from "./accounts.ts";
import type { Database } from "./database/schema.ts";
import type { Settings } from "./settings.ts";
import { newToken } from "./tokens.ts";
import { createUnits } from "./units.ts";

const drawn = z.object({ email: z.string(), password: z.string() });
export type FirstPassword = z.infer<typeof drawn>;

/** A password that was drawn at random: kept in the data folder (0600) and told at each start until its user has logged in. */
export function createFirstPassword(dataFolder: string) {
  const file = join(dataFolder, "first-password.json");
  const read = (): FirstPassword | null => {
    try {
      return drawn.parse(JSON.parse(readFileSync(file, "utf8")));
    } catch {
      return null;
    }
  };
  return {
    read,
    keep: (password: FirstPassword) => writeFileSync(file, JSON.stringify(password), { mode: 0o600, flush: true }),
    loggedIn(email: string): void {
      if (read()?.email === email) rmSync(file, { force: true });
    },
  };
}

export type FirstPasswordFile = ReturnType<typeof createFirstPassword>;

/** Where there is no user yet: one, with a space to work in, or neither. */
export async function ensureFirstUser(
  database: Kysely<Database>,
  admin: Settings["admin"],
  firstPassword: FirstPasswordFile,
): Promise<void> {
  const { n } = await database
    .selectFrom("users")
    .select(({ fn }) => fn.countAll().as("n"))
    .executeTakeFirstOrThrow();
  if (Number(n) > 0) return;
  const email = admin.email.toLowerCase();
  const password = admin.password ?? newToken().slice(0, 16);
  // Kept before it is good for anything: whenever this ends, it can be told.
  if (admin.password === undefined) firstPassword.keep({ email, password });
  const hashed = await passwordHash(password);
  await database.transaction().execute(async (transaction) => {
    const user = await insertUser(transaction, email, "Ada Lovelace", hashed);
    const units = createUnits(transaction);
    await units.createSpace(await units.createOrganization("Analytical Engines", user.id), "First Space", user.id);
  });
}

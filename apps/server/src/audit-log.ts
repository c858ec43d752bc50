import { AUDIT_PAGE, type AuditAction, type AuditPage, type Unit } from "@twinfold/api";
import { type Insertable, type Kysely, sql } from "kysely";
import type { Database } from "./database/schema.ts";
import type { PlacedInstance } from "./hierarchy.ts";

const DAY = 24 * 3600_000;

/** Who asks, from where. */
export interface By {
  readonly user: { readonly id: string; readonly name: string };
  readonly address: string;
}

/** What in which organization something was done to. */
export interface About {
  readonly organizationId: string;
  readonly subject: string;
}

export const aboutInstance = ({ organizationId, space, name }: PlacedInstance): About => ({
  organizationId,
  subject: `${space} › ${name}`,
});

/**
 * Who did what to organizations, members and accounts, for organization managers; what is done to files is the activity
 * log's. Of secrets, and of what somebody typed who is not known, nothing is written.
 */
export function createAuditLog(parts: {
  readonly database: Kysely<Database>;
  /** How long entries are kept. */
  readonly days: number;
  readonly log: (message: string) => void;
}) {
  const { database, days } = parts;

  async function prune(): Promise<void> {
    const before = new Date(Date.now() - days * DAY).toISOString();
    await database.deleteFrom("audit_entries").where("at", "<", before).execute();
  }
  const pruning = setInterval(() => prune().catch((error: unknown) => parts.log(`audit log: ${error}`)), DAY).unref();

  return {
    prune,
    /** What was done is done, whether it can be written down or not. @param about null for the user's own account */
    async note(by: By, action: AuditAction, about: About | readonly About[] | null, details = ""): Promise<void> {
      const row: Insertable<Database["audit_entries"]> = {
        ...{ at: new Date().toISOString(), user_id: by.user.id, who: by.user.name, action, details },
        ...{ address: by.address, organization_id: null, subject: "" },
      };
      const rows = [about ?? []].flat().map(({ organizationId, subject }) => ({
        ...{ ...row, organization_id: organizationId, subject },
      }));
      await database
        .insertInto("audit_entries")
        .values(about === null ? row : rows)
        .execute()
        .catch((error: unknown) => parts.log(`the audit log misses that ${by.user.id} did "${action}": ${error}`));
    },
    /** Of a user who is known. Nobody waits for it: how long an answer takes must not tell who is. */
    failedLogin(email: string, address: string): void {
      const users = database.selectFrom("users").select(["id", "name"]).where("email", "=", email);
      const noted = async () => {
        const user = await users.executeTakeFirst();
        if (user !== undefined) await this.note({ user, address }, "log in failed", null);
      };
      noted().catch((error: unknown) => parts.log(`the audit log misses a failed login: ${error}`));
    },
    /** A unit as it is called now: to be asked for before it is deleted. */
    async about({ level, id }: Unit): Promise<About> {
      const row = await database
        .selectFrom("organizations")
        .leftJoin("spaces", "spaces.organization_id", "organizations.id")
        .leftJoin("instances", "instances.space_id", "spaces.id")
        .where(`${level}s.id`, "=", id)
        .select(["organizations.id as organizationId", "organizations.name as organization"])
        .select(["spaces.name as space", "instances.name as instance"])
        .executeTakeFirstOrThrow();
      const { organizationId, organization, space, instance } = row;
      const subject = { organization, space: space ?? "", instance: `${space} › ${instance}` }[level];
      return { organizationId, subject };
    },
    /** A user's name and address, for the details. */
    async nameOf(userId: string): Promise<string> {
      const row = await database
        .selectFrom("users")
        .select(["name", "email"])
        .where("id", "=", userId)
        .executeTakeFirst();
      return row === undefined ? "" : `${row.name} (${row.email})`;
    },
    /** Of an organization, and of the accounts of those who hold a role in it. @param before an entry's id */
    async page(organizationId: string, before: string | undefined): Promise<AuditPage> {
      const members = sql<boolean>`user_id IN (SELECT members.user_id FROM members
        LEFT JOIN instances ON instances.id = members.instance_id
        LEFT JOIN spaces ON spaces.id = COALESCE(members.space_id, instances.space_id)
        WHERE COALESCE(members.organization_id, spaces.organization_id) = ${organizationId})`;
      const rows = await database
        .selectFrom("audit_entries")
        .select(["id", "at", "who", "action", "subject", "details", "address"])
        .where(({ or, and, eb }) =>
          or([eb("organization_id", "=", organizationId), and([eb("organization_id", "is", null), members])]),
        )
        .$if(before !== undefined, (query) => query.where("id", "<", before ?? ""))
        .orderBy("id", "desc")
        .limit(AUDIT_PAGE + 1)
        .execute();
      const entries = rows.slice(0, AUDIT_PAGE).map((row) => ({ ...row, id: String(row.id) }));
      return { entries, more: rows.length > AUDIT_PAGE, days };
    },
    close: () => clearInterval(pruning),
  };
}

export type AuditLog = ReturnType<typeof createAuditLog>;

import { z } from "zod";

/** What is written down of who did what: in an organization, or with her own account. */
export const auditAction = z.enum([
  "log in",
  "log in failed",
  "end sessions",
  "change password",
  "link",
  "unlink",
  "create",
  "rename",
  "archive",
  "bring back",
  "delete",
  "invite",
  "withdraw invitation",
  "join",
  "change role",
  "remove member",
  "restore",
  "delete snapshot",
  "distribute",
  "undo distribution",
  "always on",
  "not always on",
]);
export type AuditAction = z.infer<typeof auditAction>;

export const auditEntry = z.object({
  id: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  /** What whoever did it was called then. */
  who: z.string(),
  action: auditAction,
  /** `Space › Instance`, or the organization's name; empty for a user's own account. */
  subject: z.string(),
  /** Who else, or what it came to; may be empty. */
  details: z.string(),
  /** Where the request came from. */
  address: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** Entries on one page. */
export const AUDIT_PAGE = 50;
/** Newest first. `days`: how long they are kept. */
export const auditPage = z.object({ entries: z.array(auditEntry), more: z.boolean(), days: z.number() });
export type AuditPage = z.infer<typeof auditPage>;

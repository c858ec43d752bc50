import { z } from "zod";

/** What work lives in, from the outermost: an organization has spaces, a space has instances. */
export const level = z.enum(["organization", "space", "instance"]);
export type Level = z.infer<typeof level>;

/** One organization, space or instance. */
export const unit = z.object({ level, id: z.string() });
export type Unit = z.infer<typeof unit>;

/** Each is held at one level: the manager's at the organization, the administrator's at the space. */
export const role = z.enum(["organization manager", "space administrator", "instance editor", "instance viewer"]);
export type Role = z.infer<typeof role>;

/** The roles that can be given at a level; the first is what the pages suggest. */
export const ROLES_AT: Readonly<Record<Level, readonly [Role, ...Role[]]>> = {
  organization: ["organization manager"],
  space: ["space administrator"],
  instance: ["instance editor", "instance viewer"],
};

export const unitName = z.object({ name: z.string().trim().min(1).max(100) });

const described = z.object({
  id: z.string(),
  name: z.string(),
  /** What its folder is called in Dropbox, which refuses some names. */
  dropboxName: z.string(),
  archivedAt: z.string().nullable(),
});
export const administered = z.array(
  described.extend({
    /** Whether the user manages the organization itself, and not some of its spaces only. */
    manages: z.boolean(),
    spaces: z.array(described.extend({ instances: z.array(described) })),
  }),
);
export type Administered = z.infer<typeof administered>;
export type AdministeredOrganization = Administered[number];
export type AdministeredSpace = AdministeredOrganization["spaces"][number];
export type AdministeredUnit = z.infer<typeof described>;

export const member = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  /** Where the role is held; an instance's members are those of its space too. */
  through: level,
});
export type Member = z.infer<typeof member>;

export const invitation = z.object({ id: z.string(), email: z.string(), role, expiresAt: z.string() });
export type Invitation = z.infer<typeof invitation>;
export const membership = z.object({ members: z.array(member), invitations: z.array(invitation) });
export type Membership = z.infer<typeof membership>;

export const invite = z.object({ email: z.email().max(320), role });
/** Shown once, to whoever invites: there is nothing else that the person can come in with. */
export const invitationLink = z.object({ url: z.string(), expiresAt: z.string() });
export type InvitationLink = z.infer<typeof invitationLink>;

/** What whoever opens the link is told. */
export const openInvitation = z.object({
  email: z.string(),
  role,
  /** `Organization › Space › Instance`, as far down as the role goes. */
  where: z.string(),
  invitedBy: z.string(),
  /** Nobody has this address yet: a name and a password are to be set. */
  isNew: z.boolean(),
});
export type OpenInvitation = z.infer<typeof openInvitation>;
export const SHORTEST_PASSWORD = 10;
export const acceptance = z.object({
  name: z.string().trim().min(1).max(100).optional(),
  password: z.string().min(1).max(1024),
});

/** What became of the folders in members' Dropboxes. */
export const dropboxOutcome = z.object({
  /** Linked Dropboxes in which it was done. */
  done: z.number(),
  /** Those that could not be reached: done when their sync next begins; a deletion is not tried again. */
  missed: z.number(),
});
export type DropboxOutcome = z.infer<typeof dropboxOutcome>;

/** `left`: some files could not be removed from the server's disk; that is gone on with when it next starts. */
export const unitDeletion = dropboxOutcome.extend({ left: z.boolean() });
export type UnitDeletion = z.infer<typeof unitDeletion>;

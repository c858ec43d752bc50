import { useMutation } from "@tanstack/react-query";
import { invitationLink, type Level, ROLES_AT } from "@twinfold/api";
import { useState } from "react";
import { unitAddress, useRefreshAdministration } from "../administration-queries.ts";
import { post } from "../api.ts";
import { Deadline } from "./deadline.tsx";
import { Failure, Notice } from "./notice.tsx";

/** Invites somebody by e-mail address. No mail is sent: the link is shown, to be passed on. */
export function InviteForm({ level, id }: { readonly level: Level; readonly id: string }) {
  const roles = ROLES_AT[level];
  const refresh = useRefreshAdministration();
  const [copied, setCopied] = useState(false);
  const invite = useMutation({
    mutationFn: (form: FormData) =>
      post(
        `${unitAddress(level, id)}/invitations`,
        { email: form.get("email"), role: form.get("role") ?? roles[0] },
        invitationLink,
      ),
    onSuccess: () => {
      setCopied(false);
      return refresh();
    },
  });
  return (
    <>
      <h3>Invite somebody</h3>
      <form
        className="invite"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          // Kept while it is refused: there it can be put right.
          invite.mutate(new FormData(form), { onSuccess: () => form.reset() });
        }}
      >
        <label>
          E-mail
          <input name="email" type="email" autoComplete="off" required />
        </label>
        {roles.length > 1 && (
          <label>
            Role
            <select name="role">
              {roles.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </select>
          </label>
        )}
        <button type="submit" className="primary" disabled={invite.isPending}>
          {invite.isPending ? "Inviting" : `Invite as ${roles.length > 1 ? "member" : roles[0]}`}
        </button>
      </form>
      <Failure error={invite.error} />
      {invite.data !== undefined && (
        <Notice tone="good">
          <p>
            Pass this link on to {String(invite.variables.get("email"))}: no mail is sent, and it is shown this once. It
            is good once, and ends <Deadline at={invite.data.expiresAt} />.
          </p>
          <label>
            Invitation link
            <input type="text" readOnly value={invite.data.url} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <button
            type="button"
            onClick={() => navigator.clipboard.writeText(invite.data.url).then(() => setCopied(true))}
          >
            {copied ? "Copied" : "Copy the link"}
          </button>
        </Notice>
      )}
    </>
  );
}

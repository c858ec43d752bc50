import { useMutation } from "@tanstack/react-query";
import { type Level, type Member, type Membership, ROLES_AT, type Role } from "@twinfold/api";
import { useState } from "react";
import { z } from "zod";
import { unitAddress, useMembership, useRefreshAdministration } from "../administration-queries.ts";
import { post } from "../api.ts";
import { Deadline } from "./deadline.tsx";
import { InviteForm } from "./invite-form.tsx";
import { Failure } from "./notice.tsx";
import { Question } from "./question.tsx";

interface UnitProps {
  readonly level: Level;
  readonly id: string;
  readonly name: string;
}

/** Who is in a unit, in which role, and who is invited. */
export function UnitMembers(unit: UnitProps) {
  const membership = useMembership(unit.level, unit.id);
  return (
    <section className="card">
      <h2>Members</h2>
      <Failure error={membership.error} />
      {membership.isPending && <p className="quiet">Looking up the members.</p>}
      {membership.data !== undefined && <Members unit={unit} membership={membership.data} />}
      <InviteForm level={unit.level} id={unit.id} />
    </section>
  );
}

function Members({ unit, membership }: { readonly unit: UnitProps; readonly membership: Membership }) {
  const { members, invitations } = membership;
  const [leaving, setLeaving] = useState<Member | null>(null);
  const refresh = useRefreshAdministration();
  const address = unitAddress(unit.level, unit.id);
  const change = useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => post(`${address}/${path}`, body, z.object({})),
    onSuccess: refresh,
  });
  return (
    <>
      <Failure error={change.error} />
      {members.length + invitations.length === 0 && (
        <p className="quiet">Nobody yet. Invite the first one below, and pass on the link that you get.</p>
      )}
      {members.length + invitations.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Who</th>
              <th>Role</th>
              <th>
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {members.map((one) => (
              <tr key={`${one.userId} ${one.through}`}>
                <td>
                  {one.name} <span className="quiet">{one.email}</span>
                </td>
                <td>
                  <RoleOf
                    unit={unit}
                    member={one}
                    busy={change.isPending}
                    onRole={(role) => change.mutate({ path: "members/role", body: { userId: one.userId, role } })}
                  />
                </td>
                <td className="actions">
                  {one.through === unit.level && (
                    <button type="button" className="link" onClick={() => setLeaving(one)} disabled={change.isPending}>
                      Remove<span className="visually-hidden"> {one.name}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
            {invitations.map((one) => (
              <tr key={one.id}>
                <td>
                  {one.email}{" "}
                  <span className="quiet">
                    invited; the link ends <Deadline at={one.expiresAt} />
                  </span>
                </td>
                <td>{one.role}</td>
                <td className="actions">
                  <button
                    type="button"
                    className="link"
                    onClick={() => change.mutate({ path: "invitations/withdraw", body: { invitationId: one.id } })}
                    disabled={change.isPending}
                  >
                    Withdraw<span className="visually-hidden"> the invitation of {one.email}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {leaving !== null && (
        <Question
          title={`Remove ${leaving.name} from ${unit.name}?`}
          yes="Remove"
          onYes={() => {
            setLeaving(null);
            change.mutate({ path: "members/remove", body: { userId: leaving.userId } });
          }}
          onNo={() => setLeaving(null)}
        >
          <p>
            What runs for {leaving.name} here ends. The copy in the Dropbox of {leaving.name} stays as it is then, and
            nothing later reaches it.
          </p>
        </Question>
      )}
    </>
  );
}

/** In words; where there is a choice, to be changed. */
function RoleOf(props: {
  readonly unit: UnitProps;
  readonly member: Member;
  readonly busy: boolean;
  readonly onRole: (role: Role) => void;
}) {
  const { unit, member } = props;
  const roles = ROLES_AT[unit.level];
  if (member.through !== unit.level || roles.length === 1) return <>{member.role}</>;
  return (
    <select
      aria-label={`Role of ${member.name}`}
      value={member.role}
      disabled={props.busy}
      onChange={(event) => {
        const role = roles.find((one) => one === event.currentTarget.value);
        if (role !== undefined) props.onRole(role);
      }}
    >
      {roles.map((role) => (
        <option key={role}>{role}</option>
      ))}
    </select>
  );
}

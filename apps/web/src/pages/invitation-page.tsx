import { useMutation, useQuery } from "@tanstack/react-query";
import { openInvitation, SHORTEST_PASSWORD, user } from "@twinfold/api";
import { useLocation } from "react-router";
import { post } from "../api.ts";
import { Failure } from "../components/notice.tsx";
import { useTitle } from "../components/title.ts";

/** Where an invitation's link leads: a new user sets a name and a password, one who is known gives hers. */
export function InvitationPage() {
  useTitle("Invitation");
  const token = useLocation().hash.slice(1);
  const found = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => post("/api/invitation", { token }, openInvitation),
  });
  const accept = useMutation({
    mutationFn: (form: FormData) => {
      const name = form.get("name");
      const given = { token, password: form.get("password"), ...(name === null ? {} : { name }) };
      return post("/api/invitation/accept", given, user);
    },
    // Loaded anew: whoever was logged in here before is not any more.
    onSuccess: () => location.assign("/"),
  });
  return (
    <main className="login">
      <h1>
        <img src="/icon.svg" alt="" width="32" height="32" /> Twinfold
      </h1>
      {found.isPending && <p className="quiet">Looking up your invitation.</p>}
      <Failure error={found.error} />
      {found.data !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            accept.mutate(new FormData(event.currentTarget));
          }}
        >
          <p>
            {found.data.invitedBy} invites you to <b>{found.data.where}</b>, as {found.data.role}.
          </p>
          <label>
            E-mail
            <input type="email" autoComplete="username" readOnly value={found.data.email} />
          </label>
          {found.data.isNew && (
            <label>
              Your name
              <input name="name" type="text" autoComplete="name" maxLength={100} required />
            </label>
          )}
          <label>
            {found.data.isNew ? "New password" : "Your password"}
            <input
              name="password"
              type="password"
              autoComplete={found.data.isNew ? "new-password" : "current-password"}
              minLength={found.data.isNew ? SHORTEST_PASSWORD : undefined}
              required
            />
          </label>
          {found.data.isNew && <p className="quiet">{SHORTEST_PASSWORD} characters or more.</p>}
          <Failure error={accept.error} />
          <button type="submit" className="primary" disabled={accept.isPending}>
            {accept.isPending ? "Joining" : "Join"}
          </button>
        </form>
      )}
    </main>
  );
}

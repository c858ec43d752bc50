import { useMutation } from "@tanstack/react-query";
import { endedSessions, SHORTEST_PASSWORD } from "@twinfold/api";
import { post } from "../api.ts";
import { useMe } from "../queries.ts";
import { countInWords } from "../words.ts";
import { Failure, Notice } from "./notice.tsx";

/** A new password for who knows the current one; all other sessions end. */
export function PasswordForm({ onChanged }: { readonly onChanged: () => unknown }) {
  const me = useMe();
  const change = useMutation({
    mutationFn: (form: HTMLFormElement) => {
      const given = new FormData(form);
      return post("/api/account/password", { current: given.get("current"), next: given.get("next") }, endedSessions);
    },
    onSuccess: (_, form) => {
      form.reset();
      return onChanged();
    },
  });
  return (
    <section className="card" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <form
        className="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(event.currentTarget);
        }}
      >
        {/* For password managers, too, which ask whose password it is. */}
        <label>
          E-mail
          <input type="email" autoComplete="username" value={me.data?.email ?? ""} readOnly />
        </label>
        <label>
          Current password
          <input name="current" type="password" autoComplete="current-password" required />
        </label>
        <label>
          New password
          <input
            name="next"
            type="password"
            autoComplete="new-password"
            minLength={SHORTEST_PASSWORD}
            required
            aria-describedby="password-rule"
          />
        </label>
        <p className="quiet" id="password-rule">
          {SHORTEST_PASSWORD} characters or more. Every other session is logged out.
        </p>
        <Failure error={change.error} />
        {change.isSuccess && (
          <Notice tone="good">
            Your password is changed
            {change.data.ended === 0 ? "." : `, and ${countInWords(change.data.ended, "other session")} logged out.`}
          </Notice>
        )}
        <button type="submit" disabled={change.isPending}>
          {change.isPending ? "Changing" : "Change password"}
        </button>
      </form>
    </section>
  );
}

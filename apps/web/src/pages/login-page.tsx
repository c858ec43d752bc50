import { useMutation, useQueryClient } from "@tanstack/react-query";
import { user } from "@twinfold/api";
import { useRef } from "react";
import { Navigate, useLocation, useSearchParams } from "react-router";
import { post } from "../api.ts";
import { Failure } from "../components/notice.tsx";
import { useTitle } from "../components/title.ts";

/** To the login, and from there back to where this was. */
export function ToLogin() {
  const { pathname, search, hash } = useLocation();
  const here = pathname + search + hash;
  return <Navigate to={here === "/" ? "/login" : `/login?${new URLSearchParams({ next: here })}`} replace />;
}

/** Where the user was going before she was asked to log in. */
export function AfterLogin() {
  const [search] = useSearchParams();
  return <Navigate to={ownAddress(search.get("next"))} replace />;
}

/** Only addresses of these pages: a link to the login can't send anybody anywhere else. */
function ownAddress(text: string | null): string {
  if (text === null || !/^\/(?![/\\])/.test(text) || !URL.canParse(text, location.origin)) return "/";
  const { origin, pathname, search, hash } = new URL(text, location.origin);
  return origin === location.origin ? pathname + search + hash : "/";
}

/** Once, as soon as it is there. */
const focus = (input: HTMLInputElement | null) => input?.focus();

export function LoginPage() {
  useTitle("Log in");
  const client = useQueryClient();
  const password = useRef<HTMLInputElement>(null);
  const login = useMutation({
    mutationFn: (form: FormData) =>
      post("/api/login", { email: form.get("email"), password: form.get("password") }, user),
    onSuccess: (me) => client.setQueryData(["me"], me),
    onError: () => password.current?.select(),
  });
  return (
    <main className="login">
      <h1>
        <img src="/icon.svg" alt="" width="32" height="32" /> Twinfold
      </h1>
      {/* Not `action`: React empties a form after that, and the e-mail address would have to be typed again. */}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate(new FormData(event.currentTarget));
        }}
      >
        <label>
          E-mail
          <input ref={focus} name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          Password
          <input ref={password} name="password" type="password" autoComplete="current-password" required />
        </label>
        <Failure error={login.error} />
        <button type="submit" className="primary" disabled={login.isPending}>
          {login.isPending ? "Logging in" : "Log in"}
        </button>
      </form>
      <p className="quiet">The first user and password were printed where the server was started.</p>
    </main>
  );
}

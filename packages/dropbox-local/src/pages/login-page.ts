import type { Reply } from "../http/reply.ts";
import type { LoginLimit } from "../oauth/login-limit.ts";
import { isPassword } from "../oauth/passwords.ts";
import { html } from "./html.ts";
import { type PageRequest, type PageRoute, pageReply, redirectReply } from "./page.ts";
import { clearedCookie, cookieSecret, sessionCookie } from "./visit.ts";

/** Logging in and out. `cont` is where to go afterwards, always on this site. */
export function loginPages(limit: LoginLimit): readonly PageRoute[] {
  return [
    { method: "GET", path: "/login", open: true, handle: async (page) => form(page, null, 200) },
    { method: "POST", path: "/login", open: true, handle: (page) => logIn(page, limit) },
    { method: "POST", path: "/logout", open: true, handle: logOut },
  ];
}

async function logIn(page: PageRequest, limit: LoginLimit): Promise<Reply> {
  const { store } = page.services;
  const email = (page.form.get("email") ?? "").trim().toLowerCase();
  if (!limit.mayTry(email))
    return form(page, "Too many attempts for this address. Wait a few minutes, then try again.", 429);
  const account = store.accounts.byEmail(email);
  if (!(await isPassword(account?.password, page.form.get("password") ?? "")) || account === undefined) {
    return form(page, "The e-mail address and the password don't belong together. Try again.", 401);
  }
  limit.succeeded(email);
  const secret = await store.commit(() => store.webSessions.create(account.ns));
  return redirectReply(continuation(page.form.get("cont")), [sessionCookie(secret)]);
}

async function logOut(page: PageRequest): Promise<Reply> {
  const secret = cookieSecret(page.request);
  if (secret !== null) await page.services.store.commit(() => page.services.store.webSessions.remove(secret));
  return redirectReply(continuation(page.form.get("cont") ?? "/login"), [clearedCookie()]);
}

function form(page: PageRequest, problem: string | null, status: number): Reply {
  const cont = continuation(page.form.get("cont") ?? page.url.searchParams.get("cont"));
  const email = page.form.get("email") ?? "";
  return pageReply(
    "Log in",
    null,
    html`<section class="card narrow">
<h1>Log in to your Dropbox</h1>
<p class="hint">This is a Dropbox on this machine, not dropbox.com: only its own accounts work here.</p>
${problem === null ? null : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/login">
<input type="hidden" name="cont" value="${cont}">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${email}"${email === "" ? html` autofocus` : null}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${email === "" ? null : html` autofocus`}>
<button class="primary" type="submit">Log in</button>
</form>
</section>`,
    status,
  );
}

/** Only paths of this site: a link to the login page can't send its victim anywhere else. */
function continuation(text: string | null): string {
  if (text === null || !/^\/(?![/\\])/.test(text)) return "/";
  const address = new URL(text, "http://site.invalid");
  return address.host === "site.invalid" ? address.pathname + address.search : "/";
}

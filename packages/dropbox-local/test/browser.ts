/** A browser as far as login and consent need one: keeps cookies, follows redirects on its own site, sends forms. */
export class Browser {
  readonly #origin: string;
  #cookie: string | null = null;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Goes to an address and along its redirects; stops where one leads to another site, and gives that address. */
  open(address: string): Promise<Page> {
    return this.#go("GET", address, null);
  }

  /** Sends the form that holds a button with this name and value (or the only form), with these fields filled in. */
  submit(page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<Page> {
    const form = page.forms.find((one) => one.action === action);
    if (form === undefined) throw new Error(`no form for ${action} in: ${page.text}`);
    return this.#go("POST", action, new URLSearchParams({ ...form.hidden, ...fields }));
  }

  /** Sends what no page of the site offers. */
  post(address: string, fields: Readonly<Record<string, string>>, headers: Record<string, string> = {}): Promise<Page> {
    return this.#go("POST", address, new URLSearchParams(fields), headers);
  }

  /** A plain request in the visitor's name, of which the caller reads the answer. */
  fetch(address: string, init: RequestInit = {}): Promise<Response> {
    const cookie = this.#cookie === null ? {} : { cookie: this.#cookie };
    return fetch(new URL(address, this.#origin), { ...init, headers: { ...init.headers, ...cookie } });
  }

  async #go(
    method: string,
    address: string,
    body: URLSearchParams | null,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    const url = new URL(address, this.#origin);
    const response = await fetch(url, {
      method,
      body,
      redirect: "manual",
      headers: { ...headers, ...(this.#cookie === null ? {} : { cookie: this.#cookie }) },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const pair = cookie.split(";")[0] ?? "";
      this.#cookie = pair.endsWith("=") ? null : pair;
    }
    const location = response.headers.get("location");
    if (location === null) return pageOf(url.pathname, response, await response.text());
    await response.arrayBuffer();
    const target = new URL(location, url);
    if (target.origin !== this.#origin) return { ...pageOf(url.pathname, response, ""), left: target };
    return this.#go("GET", target.href, null);
  }
}

export interface Page {
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** What a reader sees. */
  readonly text: string;
  readonly forms: readonly { readonly action: string; readonly hidden: Readonly<Record<string, string>> }[];
  /** The address of the other site to which the browser was sent. */
  readonly left: URL | null;
}

function pageOf(path: string, response: Response, html: string): Page {
  const forms = [...html.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, action = "", inside = ""]) => ({
      action: withoutEntities(action),
      hidden: Object.fromEntries(
        [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
          ([, name = "", value = ""]) => [withoutEntities(name), withoutEntities(value)],
        ),
      ),
    }),
  );
  const text = withoutEntities(html.replace(/<[^>]*>/g, " ")).replace(/\s+/g, " ");
  return { path, status: response.status, headers: response.headers, html, text, forms, left: null };
}

function withoutEntities(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/&gt;/g, ">")
    .replace(/&lt;/g, "<")
    .replace(/&amp;/g, "&");
}

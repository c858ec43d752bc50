import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dropbox } from "dropbox";
import { SDK_FOLDER, SdkTypes } from "./sdk-types.ts";

/** A route as Dropbox's own JavaScript SDK defines it; types by their names there, null where there is none. */
export interface SdkRoute {
  /** As in the address: `files/list_folder`. */
  readonly name: string;
  /** Who may call it: `user`, `app`, `app, user`, `noauth`, `team`. */
  readonly auth: string;
  readonly style: string;
  readonly scope: string | null;
  readonly argument: string | null;
  readonly result: string | null;
  readonly error: string | null;
}

export const sdkTypes = new SdkTypes();
export const sdkRoutes: ReadonlyMap<string, SdkRoute> = new Map(readRoutes().map((route) => [route.name, route]));

/** What each of the SDK's methods would ask for, with the types of its signature and, for the error, of its comment. */
function readRoutes(): SdkRoute[] {
  const signatures = readFileSync(join(SDK_FOLDER, "types/index.d.ts"), "utf8");
  const errors = readErrors();
  const sdk = new Dropbox({}) as unknown as Record<string, (this: unknown, argument: unknown) => unknown>;
  const routes: SdkRoute[] = [];
  const found = signatures.matchAll(/public (\w+)\((?:arg: ([\w.]+))?\): Promise<DropboxResponse<(.+)>>;/g);
  for (const [, method = "", argument = null, result = "void"] of found) {
    const request = (name: string, _: unknown, auth: string, _host: string, style: string, scope: string | null) =>
      routes.push({
        ...{ name, auth, style, scope, argument },
        result: result === "void" ? null : result,
        error: errors.get(method) ?? null,
      });
    sdk[method]?.call({ request }, {});
  }
  return routes;
}

function readErrors(): Map<string, string | null> {
  const comments = readFileSync(join(SDK_FOLDER, "lib/routes.js"), "utf8");
  const found = comments.matchAll(/@function Dropbox#(\w+)[^/]*?DropboxResponseError\.<(\w+)>/g);
  return new Map([...found].map(([, method = "", error = ""]) => [method, sdkTypes.named(error)]));
}

/** What of an answer is not as the SDK's types say; empty for a route that the SDK does not know. */
export function answerComplaints(name: string, status: number, json: unknown): string[] {
  const route = sdkRoutes.get(name);
  if (route === undefined) return [];
  if (status === 200) return route.result === null ? [] : sdkTypes.complaints(json, route.result);
  if (status !== 409 || route.error === null) return [];
  return sdkTypes.complaints((json as { error?: unknown } | null)?.error, route.error);
}

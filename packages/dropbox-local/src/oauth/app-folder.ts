import type { App } from "../store/apps.ts";
import { appFolder } from "../store/paths.ts";
import type { Store } from "../store/store.ts";

/** Within a transaction: an app-folder app finds its folder there from the moment it is linked. */
export function ensureAppFolder(store: Store, ns: number, app: App): void {
  if (app.access !== "app-folder") return;
  const scope = appFolder(ns, app.name);
  const path = { key: scope.rootKey, display: scope.root };
  if (store.tree.entries.alive(ns, path.key) === undefined) store.tree.makeFolder(ns, path, false);
}

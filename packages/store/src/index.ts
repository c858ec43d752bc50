/** The engine's trees in SQLite: three tables of one shape, joined by node id. */
export { openStore, StoreError } from "./sqlite-store.ts";

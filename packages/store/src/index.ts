/** The engine's trees in SQLite: three tables of one shape, joined by node id. */
export { type Refusal, refusalOf } from "./refusal.ts";
export { type DurableStore, openStore, StoreError } from "./sqlite-store.ts";

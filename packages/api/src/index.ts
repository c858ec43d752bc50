/**
 * The server's HTTP API: a schema for everything that is said between server and pages. Paths and methods stand in the
 * server's `routes` folder, and in what it answers at `/api/openapi.json`; every answer that is not a success has the
 * shape of `apiError`.
 */
export * from "./account.ts";
export * from "./activity.ts";
export * from "./administration.ts";
export * from "./applications.ts";
export * from "./audit.ts";
export * from "./bandwidth.ts";
export * from "./conflicts.ts";
export * from "./distributions.ts";
export * from "./files.ts";
export * from "./ignoring.ts";
export * from "./schemas.ts";
export * from "./snapshots.ts";

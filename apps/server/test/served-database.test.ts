import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDatabase } from "../src/database/open.ts";
import { createHierarchy } from "../src/hierarchy.ts";
import { ask, createOwnDatabase, type OwnDatabase } from "./own-database.ts";

let own: OwnDatabase;
beforeEach(async () => {
  own = await createOwnDatabase();
});
afterEach(() => own.drop());

const END_ALL =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

test.skipIf(process.env.DATABASE_URL === undefined)(
  "the server goes on when PostgreSQL has ended its connections, as it does when it is restarted",
  async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const database = await openDatabase({ url: own.url, folder: "" });
    const { instancesOf } = createHierarchy(database);
    expect(await instancesOf("nobody")).toEqual([]);
    await ask(own.url ?? "", END_ALL);
    await vi.waitFor(() => expect(said).toHaveBeenCalledWith(expect.stringContaining("has ended a connection")));
    expect(await instancesOf("nobody")).toEqual([]);
    await database.destroy();
    said.mockRestore();
  },
);

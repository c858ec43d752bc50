import { openDatabase } from "./open.ts";
import { prepareDatabase } from "./ready-database.ts";

/** `npm ci` ends with it: the first start need not make its database then. */
await prepareDatabase(async (folder) => (await openDatabase({ url: undefined, folder })).destroy());

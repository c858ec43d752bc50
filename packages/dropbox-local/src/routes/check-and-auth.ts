import * as z from "zod";
import { voidType } from "./argument-types.ts";
import { openRoute, userRoute } from "./route.ts";

const echoArgument = z.strictObject({ query: z.string().max(500).default("") });

export const checkUser = userRoute<z.infer<typeof echoArgument>>({
  name: "check/user",
  style: "rpc",
  scope: "account_info.read",
  argument: echoArgument,
  handle: async ({ arg }) => ({ result: arg.query }),
});

export const checkApp = openRoute<z.infer<typeof echoArgument>>({
  name: "check/app",
  style: "rpc",
  auth: "app",
  argument: echoArgument,
  handle: async ({ arg }) => ({ result: arg.query }),
});

/** Ends the authorization that the token belongs to, with its refresh token and all its access tokens. */
export const revokeToken = userRoute<null>({
  name: "auth/token/revoke",
  style: "rpc",
  scope: null,
  argument: voidType,
  handle: async ({ services: { store } }, user) => {
    await store.commit(() => store.grants.revoke(user.token.grant.id));
    return null;
  },
});

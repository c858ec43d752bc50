import * as z from "zod";
import { routeError, tagged } from "../http/api-error.ts";
import type { Account } from "../store/accounts.ts";
import type { Store } from "../store/store.ts";
import { voidType } from "./argument-types.ts";
import { userRoute } from "./route.ts";

const accountIdType = z.string().length(40, "an account id has 40 characters");

export const getCurrentAccount = userRoute<null>({
  name: "users/get_current_account",
  style: "rpc",
  scope: "account_info.read",
  argument: voidType,
  handle: async ({ services: { store } }, { ns }) => {
    const account = accountOf(store, ns);
    const namespace = String(ns);
    return {
      ...basics(account),
      country: "US",
      locale: "en",
      referral_link: "https://www.dropbox.com/referrals/local",
      is_paired: false,
      account_type: { ".tag": "basic" },
      root_info: { ".tag": "user", root_namespace_id: namespace, home_namespace_id: namespace },
    };
  },
});

const getAccountArgument = z.strictObject({ account_id: accountIdType });

export const getAccount = userRoute<z.infer<typeof getAccountArgument>>({
  name: "users/get_account",
  style: "rpc",
  scope: "sharing.read",
  argument: getAccountArgument,
  handle: async ({ arg, services: { store } }, { ns }) => {
    const account = store.accounts.byId(arg.account_id);
    if (account === undefined) throw routeError(tagged("no_account"));
    return { ...basics(account), is_teammate: account.ns === ns };
  },
});

const getAccountsArgument = z.strictObject({ account_ids: z.array(accountIdType).min(1).max(300) });

export const getAccountBatch = userRoute<z.infer<typeof getAccountsArgument>>({
  name: "users/get_account_batch",
  style: "rpc",
  scope: "sharing.read",
  argument: getAccountsArgument,
  handle: async ({ arg, services: { store } }, { ns }) =>
    arg.account_ids.map((id) => {
      const account = store.accounts.byId(id);
      if (account === undefined) throw routeError(tagged("no_account", { no_account: id }));
      return { ...basics(account), is_teammate: account.ns === ns };
    }),
});

export const getSpaceUsage = userRoute<null>({
  name: "users/get_space_usage",
  style: "rpc",
  scope: "account_info.read",
  argument: voidType,
  handle: async ({ services: { store } }, { ns }) => {
    const { used, quota } = store.states.read(ns);
    return { used, allocation: { ".tag": "individual", allocated: quota } };
  },
});

function accountOf(store: Store, ns: number): Account {
  const account = store.accounts.byNamespace(ns);
  if (account === undefined) throw new Error(`no account has the namespace ${ns}`);
  return account;
}

function basics(account: Account): Record<string, unknown> {
  return {
    account_id: account.id,
    name: nameParts(account.name),
    email: account.email,
    email_verified: true,
    disabled: false,
  };
}

/** A name in the parts that Dropbox has; the last word is taken for the surname. */
function nameParts(name: string): Record<string, string> {
  const words = name.trim().split(/\s+/);
  const surname = words.length > 1 ? (words.at(-1) ?? "") : "";
  const given = words.length > 1 ? words.slice(0, -1).join(" ") : name.trim();
  return {
    given_name: given,
    surname,
    familiar_name: given,
    display_name: name.trim(),
    abbreviated_name: words.map((word) => [...word][0] ?? "").join(""),
  };
}

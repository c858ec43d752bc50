import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { nameRefusal } from "@twinfold/dropbox-rules";
import { z } from "zod";
import { EXIT, StartError } from "./server-error.ts";

const port = z.coerce.number().int().min(0).max(65_535);
const address = z.url({ protocol: /^https?$/, error: "give an address like https://files.example.org" });
const environment = z.object({
  TWINFOLD_DATA: z.string().default("data"),
  PORT: port.default(4180),
  HOST: z.string().default("127.0.0.1"),
  TWINFOLD_LOCAL_DROPBOX_PORT: port.default(4181),
  TWINFOLD_PUBLIC_URL: address.optional(),
  TWINFOLD_TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(",").map((one) => one.trim()))
    .pipe(
      z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], "give addresses or ranges, with commas between")),
    )
    .default([]),
  TWINFOLD_DROPBOX_URL: address.optional(),
  DROPBOX_APP_KEY: z.string().min(1).optional(),
  DROPBOX_APP_SECRET: z.string().min(1).optional(),
  DROPBOX_APP_SECRET_FILE: z.string().min(1).optional(),
  DROPBOX_APP_NAME: z
    .string()
    .default("Twinfold")
    .refine((name) => nameRefusal(name) === null, "it is the name of a folder in Dropbox, which takes no such one"),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "give an address like postgres://user@host/name" })
    .optional(),
  TWINFOLD_SECRET_KEY_FILE: z.string().min(1).optional(),
  TWINFOLD_APPLICATIONS_FILE: z.string().min(1).optional(),
  TWINFOLD_APPLICATIONS_PORT: port.optional(),
  TWINFOLD_APPLICATIONS_URL: address.optional(),
  TWINFOLD_IDLE_STOP_MINUTES: z.coerce.number().min(0).max(30_000).default(0),
  TWINFOLD_RESCAN_SECONDS: z.coerce.number().int().min(1).max(86_400).optional(),
  TWINFOLD_OLD_SECRET_KEY_FILES: z
    .string()
    .transform((list) => list.split(",").map((one) => one.trim()))
    .default([]),
  TWINFOLD_AUDIT_DAYS: z.coerce.number().int().min(1).max(36_500).default(365),
  TWINFOLD_LARGEST_UPLOAD: z.coerce
    .number()
    .int()
    .min(1)
    .default(50 * 1024 ** 3),
  TWINFOLD_ADMIN_EMAIL: z.email().default("ada@example.org"),
  TWINFOLD_ADMIN_PASSWORD: z.string().min(8).optional(),
});

export interface Settings {
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly localDropboxPort: number;
  readonly publicUrl: string | undefined;
  /** Whose word on a client's address is taken. */
  readonly trustedProxies: readonly string[];
  /** How long the audit log is kept. */
  readonly auditDays: number;
  /** Bytes of a file that the pages may send. */
  readonly largestUpload: number;
  readonly databaseUrl: string | undefined;
  readonly keyFile: string;
  /** The operator's own entries of the catalogue of applications. */
  readonly applicationsFile: string | undefined;
  /** Where the pages of applications are. */
  readonly applicationsOrigin: {
    readonly port: number;
    /** Whether the port is the operator's word; if not, another will do where it is taken. */
    readonly isPortGiven: boolean;
    /** The address that browsers know, if the operator has named one; `*` in it stands for each application. */
    readonly url: string | undefined;
  };
  /** Milliseconds after which an application that nobody uses is stopped; 0 for never. */
  readonly idleStop: number;
  /** Milliseconds between two looks at all files for what other machines write there; not set: where and as often as is needed. */
  readonly rescanEvery: number | undefined;
  /** Of keys that were used before, to read what they have sealed. */
  readonly oldKeyFiles: readonly string[];
  readonly admin: { readonly email: string; readonly password: string | undefined };
  /** Which Dropbox; without an app key of one's own, the local Dropbox is started along. */
  readonly dropbox:
    | { readonly kind: "local"; readonly appName: string }
    | {
        readonly kind: "given";
        readonly url: string | undefined;
        readonly appKey: string;
        readonly appSecret: string | undefined;
        readonly appName: string;
      };
}

/** Where browsers of this machine find what listens so. */
export function addressOf(host: string, port: number): string {
  const reached = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
}

/** The next but one: beside the pages' stands the local Dropbox's. */
const portBeside = (port: number) => (port === 0 || port + 2 > 65_535 ? 0 : port + 2);

/** @throws StartError for an address that would not keep applications' pages apart from ours */
function checkApplicationsUrl(applications: URL, pages: URL): void {
  const refuse = (why: string) =>
    new StartError(EXIT.usage, `The variable TWINFOLD_APPLICATIONS_URL is not usable: ${why}`);
  if (applications.pathname !== "/" || applications.search !== "" || applications.hash !== "")
    throw refuse("give the address of a host, with nothing behind it");
  if (applications.hostname.replace(/^\*\./, "").includes("*"))
    throw refuse("`*` stands for the whole first part of the host's name, as in https://*.apps.example.org");
  if (applications.hostname === pages.hostname)
    throw refuse(
      `it names the host of the pages, ${pages.hostname}, and browsers send cookies to every port of a host: give it another name`,
    );
  if (pages.protocol === "https:" && applications.protocol !== "https:")
    throw refuse("the pages are at an https:// address, so that of applications has to be one, too");
}

/** As Dropbox has it: redirect addresses are encrypted, unless they lead to this machine. */
function mayBeRedirectedTo(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** Reads the environment. @throws StartError naming the variable that is wrong */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new StartError(EXIT.usage, `The variable ${issue?.path.join(".")} is not usable: ${issue?.message}`);
  }
  const given = parsed.data;
  const dataFolder = resolve(given.TWINFOLD_DATA);
  let appSecret = given.DROPBOX_APP_SECRET;
  if (given.DROPBOX_APP_SECRET_FILE !== undefined) {
    try {
      appSecret = readFileSync(given.DROPBOX_APP_SECRET_FILE, "utf8").trim();
    } catch (error) {
      throw new StartError(
        EXIT.usage,
        `DROPBOX_APP_SECRET_FILE can't be read: ${given.DROPBOX_APP_SECRET_FILE}`,
        error,
      );
    }
  }
  if (given.TWINFOLD_DROPBOX_URL !== undefined && given.DROPBOX_APP_KEY === undefined) {
    throw new StartError(
      EXIT.usage,
      "TWINFOLD_DROPBOX_URL needs DROPBOX_APP_KEY: the key of an app that is registered there",
    );
  }
  if (appSecret !== undefined && given.DROPBOX_APP_KEY === undefined) {
    throw new StartError(EXIT.usage, "DROPBOX_APP_SECRET needs DROPBOX_APP_KEY: the key of the app whose secret it is");
  }
  const publicAddress = given.TWINFOLD_PUBLIC_URL ?? addressOf(given.HOST, given.PORT);
  if (given.DROPBOX_APP_KEY === undefined && !mayBeRedirectedTo(publicAddress)) {
    const variable = given.TWINFOLD_PUBLIC_URL === undefined ? "HOST" : "TWINFOLD_PUBLIC_URL";
    throw new StartError(
      EXIT.usage,
      `${variable} makes ${publicAddress} the address of the pages: the local Dropbox sends browsers back to https:// ` +
        "addresses and to this machine only, so set TWINFOLD_PUBLIC_URL to one of these",
    );
  }
  const applicationsUrl = given.TWINFOLD_APPLICATIONS_URL;
  if (applicationsUrl !== undefined) checkApplicationsUrl(new URL(applicationsUrl), new URL(publicAddress));
  return {
    dataFolder,
    host: given.HOST,
    port: given.PORT,
    localDropboxPort: given.TWINFOLD_LOCAL_DROPBOX_PORT,
    publicUrl: given.TWINFOLD_PUBLIC_URL?.replace(/\/+$/, ""),
    trustedProxies: given.TWINFOLD_TRUSTED_PROXIES,
    auditDays: given.TWINFOLD_AUDIT_DAYS,
    largestUpload: given.TWINFOLD_LARGEST_UPLOAD,
    databaseUrl: given.DATABASE_URL,
    keyFile: given.TWINFOLD_SECRET_KEY_FILE ?? `${dataFolder}/secret.key`,
    applicationsFile: given.TWINFOLD_APPLICATIONS_FILE,
    applicationsOrigin: {
      port: given.TWINFOLD_APPLICATIONS_PORT ?? portBeside(given.PORT),
      isPortGiven: given.TWINFOLD_APPLICATIONS_PORT !== undefined,
      url: applicationsUrl === undefined ? undefined : new URL(applicationsUrl).origin,
    },
    idleStop: given.TWINFOLD_IDLE_STOP_MINUTES * 60_000,
    rescanEvery: given.TWINFOLD_RESCAN_SECONDS === undefined ? undefined : given.TWINFOLD_RESCAN_SECONDS * 1000,
    oldKeyFiles: given.TWINFOLD_OLD_SECRET_KEY_FILES,
    admin: { email: given.TWINFOLD_ADMIN_EMAIL, password: given.TWINFOLD_ADMIN_PASSWORD },
    dropbox:
      given.DROPBOX_APP_KEY === undefined
        ? { kind: "local", appName: given.DROPBOX_APP_NAME }
        : {
            kind: "given",
            url: given.TWINFOLD_DROPBOX_URL,
            appKey: given.DROPBOX_APP_KEY,
            appSecret,
            appName: given.DROPBOX_APP_NAME,
          },
  };
}

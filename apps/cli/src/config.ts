import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LimitsPlan, limitsPlan, UNLIMITED } from "@twinfold/dropbox/limits";
import { KeyFileError, openSealer, UnsealError } from "@twinfold/host";
import { z } from "zod";
import { fromEnvironment } from "./environment.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import type { Home } from "./home.ts";

export const UNLINKED = "no Dropbox is linked: twinfold link --app-key KEY";

/** Raised when the files change their form; a higher one was written by a newer Twinfold. */
const VERSION = 1;

const linkFile = z.object({
  appKey: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  accountEmail: z.string(),
  dropboxUrl: z.string().nullable(),
  sealedRefreshToken: z.string(),
  sealedAppSecret: z.string().nullable(),
});
const config = z.object({
  version: z.number(),
  link: linkFile.nullable().default(null),
  limits: limitsPlan.default(UNLIMITED),
  roots: z
    .array(
      z.object({
        root: z.string(),
        remote: z.string(),
        paused: z.boolean().default(false),
        /** How often everything is looked at for what other machines have written; null: where and as often as is needed. */
        rescanSeconds: z.number().nullable().default(null),
      }),
    )
    .default([]),
});
type Config = z.infer<typeof config>;

/** A folder that was started, and is started again when none is named. */
export type Root = Config["roots"][number];

/** The linked account, its secrets open. */
export interface LinkedAccount {
  readonly appKey: string;
  readonly appSecret: string | undefined;
  readonly refreshToken: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly accountEmail: string;
  readonly dropboxUrl: string | undefined;
}

/** Links and settings in `config/`: one JSON file (0600) whose secrets are sealed under a key beside it. */
export function openConfig(home: Home) {
  const file = join(home.config, "twinfold.json");
  const keyFile = join(home.config, "secret.key");
  const sealer = () => {
    try {
      return openSealer(keyFile);
    } catch (error) {
      if (error instanceof KeyFileError) throw new CommandError(EXIT.folder, error.message, error);
      throw unusable(keyFile, error);
    }
  };

  function read(): Config {
    if (!existsSync(file)) return { version: VERSION, link: null, limits: UNLIMITED, roots: [] };
    let json: unknown;
    try {
      json = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      throw new CommandError(EXIT.folder, `${file} can't be read as JSON: mend it, or remove it and link again`, error);
    }
    const version = z.object({ version: z.number() }).safeParse(json).data?.version ?? 0;
    if (version > VERSION) throw new CommandError(EXIT.newer, `${file} was written by a newer Twinfold: run that one`);
    const parsed = config.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new CommandError(
      EXIT.folder,
      `${file} is not as Twinfold writes it (${parsed.error.issues[0]?.path.join(".")}): mend it, or remove it and link again`,
    );
  }

  /** Whole or not at all. */
  function write(next: Config): void {
    try {
      writeFileSync(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw unusable(file, error);
    }
  }

  return {
    link(): LinkedAccount | null {
      const { link } = read();
      if (link === null) return null;
      const { appKey, accountId, accountName, accountEmail } = link;
      const opened = sealer();
      try {
        return {
          appKey,
          accountId,
          accountName,
          accountEmail,
          refreshToken: opened.open(link.sealedRefreshToken, "refresh token"),
          appSecret: link.sealedAppSecret === null ? undefined : opened.open(link.sealedAppSecret, "app secret"),
          dropboxUrl: addressOf(link.dropboxUrl),
        };
      } catch (error) {
        if (!(error instanceof UnsealError)) throw error;
        throw new CommandError(EXIT.folder, `${keyFile} does not fit ${file}: link again`, error);
      }
    },
    /** @throws CommandError where there is none */
    requireLink(): LinkedAccount {
      const link = this.link();
      if (link === null) throw new CommandError(EXIT.notLinked, UNLINKED);
      return link;
    },
    saveLink(link: LinkedAccount | null): void {
      if (link === null) {
        write({ ...read(), link: null });
        return;
      }
      const { appKey, appSecret, accountId, accountName, accountEmail, dropboxUrl, refreshToken } = link;
      write({
        ...read(),
        link: {
          appKey,
          accountId,
          accountName,
          accountEmail,
          dropboxUrl: dropboxUrl ?? null,
          sealedRefreshToken: sealer().seal(refreshToken, "refresh token"),
          sealedAppSecret: appSecret === undefined ? null : sealer().seal(appSecret, "app secret"),
        },
      });
    },
    limits: (): LimitsPlan => read().limits,
    saveLimits(limits: LimitsPlan): void {
      write({ ...read(), limits });
    },
    roots: (): readonly Root[] => read().roots,
    saveRoot(root: Root): void {
      const known = read();
      write({ ...known, roots: [...known.roots.filter((one) => one.root !== root.root), root] });
    },
    forgetRoot(root: Root): void {
      const known = read();
      write({ ...known, roots: known.roots.filter((one) => one.root !== root.root) });
    },
  };
}

/**
 * Where the linked account is. A compatible server may have moved, and the environment says where it is now; what is
 * linked to Dropbox itself stays there: its token is for nobody else.
 */
function addressOf(linked: string | null): string | undefined {
  return linked === null ? undefined : (fromEnvironment("TWINFOLD_DROPBOX_URL") ?? linked);
}

function unusable(file: string, error: unknown): CommandError {
  return new CommandError(EXIT.folder, `${file} can't be used: ${(error as Error).message}`, error);
}

export type ConfigFile = ReturnType<typeof openConfig>;

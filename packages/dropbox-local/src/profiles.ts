import { type Conditions, NO_LIMITS } from "./conditions.ts";
import { DropboxLocalError } from "./errors.ts";

/** `none`: nothing is in the way; `typical`: as a user of Dropbox finds it. Each figure's source: `docs/profiles.md`. */
export type ProfileName = "none" | "typical";

const MIB = 1024 * 1024;

const PROFILES: Readonly<Record<ProfileName, Readonly<Conditions>>> = {
  none: NO_LIMITS,
  typical: {
    latencyMs: 150,
    commitMs: 300,
    lockWaitMs: 1000,
    uploadBytesPerSecond: 10 * MIB,
    downloadBytesPerSecond: 10 * MIB,
    requestsPerSecond: 12,
  },
};

export const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];

/** @throws DropboxLocalError `bad-argument` */
export function profileNamed(name: string): Readonly<Conditions> {
  const profile = Object.hasOwn(PROFILES, name) ? PROFILES[name as ProfileName] : undefined;
  if (profile !== undefined) return profile;
  throw new DropboxLocalError("bad-argument", `There is no profile ${name}: there are ${PROFILE_NAMES.join(" and ")}.`);
}

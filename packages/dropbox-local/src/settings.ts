import { type Conditions, conditionsOf } from "./conditions.ts";
import { type Figures, figuresOf } from "./figures.ts";
import type { FaultPlan } from "./http/faults.ts";
import { type ProfileName, profileNamed } from "./profiles.ts";

/**
 * How a local Dropbox behaves. Everything but the folder has a default, Dropbox's own where Dropbox has one; that of the
 * conditions is the profile's.
 */
export interface DropboxLocalOptions extends Partial<Readonly<Conditions>>, Partial<Figures> {
  /** Absolute path of the folder that holds everything; made if missing. One process at a time may use it. */
  readonly dataFolder: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** The address to listen on; 127.0.0.1 by default. */
  readonly host?: string;
  /** The conditions that are not given; `none` by default: nothing is in the way. */
  readonly profile?: ProfileName;
  /** Count requests and bytes by route, and answer `GET /__control/stats`. */
  readonly stats?: boolean;
  /** What goes wrong from the start, as the control API's `faults`. */
  readonly faults?: readonly FaultPlan[];
  /** How far the server's clock is ahead of the machine's, in seconds. */
  readonly aheadSeconds?: number;
  /** Answer the control API under `/__control` (from this machine only): for tests. */
  readonly control?: boolean;
}

/** The options with their defaults. */
export interface Settings extends Figures {
  readonly stats: boolean;
  readonly control: boolean;
  /** As they are now: the control API changes them. */
  readonly conditions: Conditions;
}

/** @throws DropboxLocalError `bad-argument` */
export function settingsOf(options: DropboxLocalOptions): Settings {
  return {
    ...figuresOf(options),
    conditions: conditionsOf(profileNamed(options.profile ?? "none"), options),
    stats: options.stats ?? false,
    control: options.control ?? false,
  };
}

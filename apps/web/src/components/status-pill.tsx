import type { Instance, SyncStatus } from "@twinfold/api";
import { Link } from "react-router";
import { progressInWords, stateInWords, wordOf } from "../words.ts";
import { Moment } from "./moment.tsx";

const TONES: Readonly<Record<SyncStatus["state"], string>> = {
  "not linked": "quiet",
  linking: "busy",
  "up to date": "good",
  syncing: "busy",
  paused: "quiet",
  "needs attention": "warn",
  reconnect: "bad",
  "Dropbox full": "bad",
  "disk full": "bad",
  offline: "warn",
  stopped: "quiet",
};

/** Where everything about an instance's sync is said. */
export function syncAnchor(instanceId: string): string {
  return `sync-${instanceId}`;
}

/** The way there. @param conflict a copy's path, to have it compared at once */
export function settingsAddress(instanceId: string, conflict: string | null = null): string {
  const query = conflict === null ? "" : `?${new URLSearchParams({ conflict })}`;
  return `/account/settings/dropbox${query}#${syncAnchor(instanceId)}`;
}

/** The state in a word; it leads to where it is explained, and what can be done about it. */
export function StatusPill({ instance }: { readonly instance: Instance }) {
  const { sync } = instance;
  return (
    <Link className={`pill pill-${TONES[sync.state]}`} to={settingsAddress(instance.id)} title={stateInWords(sync)}>
      {wordOf(sync.state)}
    </Link>
  );
}

/** The state in full: words, progress, how quick it is, and when both sides were last the same. */
export function StatusDetails({ status }: { readonly status: SyncStatus }) {
  const { progress, lastSyncedAt, pending, unheard, delays } = status;
  const share = progress === null || progress.bytesTotal === 0 ? null : progress.bytesDone / progress.bytesTotal;
  return (
    <div className="status-details">
      <p>
        <span className={`pill pill-${TONES[status.state]}`}>{wordOf(status.state)}</span> {stateInWords(status)}
      </p>
      {progress !== null && status.state === "syncing" && (
        <div>
          <progress value={share ?? undefined} max={1} aria-label="Progress of the sync" />
          <p className="quiet">{progressInWords(progress)}</p>
        </div>
      )}
      {pending.up + pending.down > 0 && (
        <p className="quiet">
          {pending.up} to Dropbox, {pending.down} from Dropbox
        </p>
      )}
      {unheard != null && <p className="quiet">{unheard.message}</p>}
      {delays != null && <p className="quiet">{delays.message}</p>}
      {lastSyncedAt !== null && (
        <p className="quiet">
          Last the same <Moment at={lastSyncedAt} />
        </p>
      )}
    </div>
  );
}

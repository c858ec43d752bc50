import type { Instance, SyncStatus } from "@twinfold/api";
import { Link } from "react-router";
import { settingsAddress } from "../components/status-pill.tsx";
import { stateInWords } from "../words.ts";
import type { Place } from "./place.ts";

const SILENT: ReadonlySet<SyncStatus["state"]> = new Set(["not linked", "linking", "paused", "reconnect", "stopped"]);

/** Whether nothing is told of single files: no session keeps them in sync now. */
export const isSilent = (instance: Instance | undefined): boolean =>
  instance === undefined || SILENT.has(instance.sync.state);

/** Says once why no file has a badge. */
export function SyncSilence({
  instance,
  area,
}: {
  readonly instance: Instance | undefined;
  readonly area: Place["area"];
}) {
  if (area === "personal") return <p className="quiet">Your own files stay here: they are never synced.</p>;
  if (instance === undefined || !isSilent(instance)) return null;
  return (
    <p className="quiet">
      How each file stands with Dropbox is shown while sync runs. {stateInWords(instance.sync)}{" "}
      <Link to={settingsAddress(instance.id)}>What to do</Link>
    </p>
  );
}

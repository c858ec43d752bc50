import type { Instance, SyncStatus } from "@twinfold/api";
import { Link } from "react-router";
import { settingsAddress } from "../components/status-pill.tsx";
import { stateInWords } from "../words.ts";
import type { Place } from "./place.ts";

/** In these no session tells of single files. */
const SILENT: ReadonlySet<SyncStatus["state"]> = new Set(["not linked", "linking", "reconnect", "stopped"]);

/** Says once why no file has a badge, or why those that wait stay as they are. */
export function SyncSilence({
  instance,
  area,
}: {
  readonly instance: Instance | undefined;
  readonly area: Place["area"];
}) {
  if (area === "personal") return <p className="quiet">Your own files stay here: they are never synced.</p>;
  if (instance === undefined) return null;
  const isSilent = SILENT.has(instance.sync.state);
  if (!isSilent && instance.sync.state !== "paused") return null;
  return (
    <p className="quiet">
      {isSilent && "How each file stands with Dropbox is shown while sync runs. "}
      {stateInWords(instance.sync)} <Link to={settingsAddress(instance.id)}>What to do</Link>
    </p>
  );
}

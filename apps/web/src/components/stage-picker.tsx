import { useState } from "react";
import { useStageListing } from "../distribution-queries.ts";
import { bytesInWords } from "../words.ts";
import { Failure } from "./notice.tsx";

const join = (folder: string, name: string) => (folder === "" ? name : `${folder}/${name}`);

/** Files and folders to put on the stage, folder by folder. */
export function StagePicker(props: {
  readonly instanceId: string;
  /** Null for the files as they are now. */
  readonly snapshotId: string | null;
  readonly paths: readonly string[];
  readonly onChange: (paths: readonly string[]) => void;
}) {
  const { paths, onChange } = props;
  const [folder, setFolder] = useState("");
  const { data, error, isPending } = useStageListing(props.instanceId, props.snapshotId, folder);
  /** With a folder that is chosen comes all that is in it. */
  const isIncluded = (path: string) => paths.some((one) => path.startsWith(`${one}/`));
  const choose = (path: string, chosen: boolean) =>
    onChange(
      chosen ? [...paths.filter((one) => !one.startsWith(`${path}/`)), path] : paths.filter((one) => one !== path),
    );
  const crumbs = folder === "" ? [] : folder.split("/");
  return (
    <div className="stage-picker">
      <nav aria-label="Folder to choose from" className="crumbs">
        <button type="button" className="link" onClick={() => setFolder("")}>
          /files
        </button>
        {crumbs.map((name, at) => (
          <span key={crumbs.slice(0, at + 1).join("/")}>
            {" / "}
            <button type="button" className="link" onClick={() => setFolder(crumbs.slice(0, at + 1).join("/"))}>
              {name}
            </button>
          </span>
        ))}
      </nav>
      <Failure error={error} />
      {isPending && <p className="quiet">Listing the files.</p>}
      {data?.length === 0 && <p className="quiet">Nothing is in this folder.</p>}
      <ul>
        {data?.map(({ name, kind, size }) => {
          const path = join(folder, name);
          if (kind !== "file" && kind !== "folder") return null;
          return (
            <li key={name}>
              <label className="check">
                <input
                  type="checkbox"
                  checked={paths.includes(path) || isIncluded(path)}
                  disabled={isIncluded(path)}
                  onChange={({ target }) => choose(path, target.checked)}
                />{" "}
                {kind === "folder" ? `${name}/` : name}{" "}
                {kind === "file" && <span className="quiet nowrap">{bytesInWords(size)}</span>}
              </label>
              {kind === "folder" && (
                <button type="button" className="link" aria-label={`Open ${name}`} onClick={() => setFolder(path)}>
                  Open
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

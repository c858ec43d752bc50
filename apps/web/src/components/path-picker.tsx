import { useRef, useState } from "react";
import { joinPath } from "../files/place.ts";
import { useListing } from "../queries.ts";
import { bytesInWords } from "../words.ts";
import { ChoosePath } from "./choose-path.tsx";
import { Failure } from "./notice.tsx";

/** Files and folders to choose from, folder by folder. */
export function PathPicker(props: {
  readonly instanceId: string;
  /** Null for the files as they are now. */
  readonly snapshotId: string | null;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  /** Whether symbolic links are among what can be chosen. */
  readonly withLinks?: boolean;
}) {
  const nav = useRef<HTMLElement>(null);
  const [folder, setFolder] = useState("");
  const { data, error, isPending } = useListing(props.instanceId, props.snapshotId, folder);
  const open = (path: string) => {
    setFolder(path);
    // The button that did it goes: the keyboard goes on with what is above the new list.
    nav.current?.focus();
  };
  const crumbs = folder === "" ? [] : folder.split("/");
  return (
    <div className="path-picker">
      <nav aria-label="Folder to choose from" className="crumbs" ref={nav} tabIndex={-1}>
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
      <ul className="choosable">
        {data?.map(({ name, kind, size }) => {
          const path = joinPath(folder, name);
          if (kind === "other" || (kind === "link" && !props.withLinks)) return null;
          return (
            <li key={name}>
              <ChoosePath path={path} chosen={props.chosen} onChange={props.onChange}>
                {kind === "folder" ? `${name}/` : name}{" "}
                {kind === "file" && <span className="quiet nowrap">{bytesInWords(size)}</span>}
              </ChoosePath>
              {kind === "folder" && (
                <button type="button" className="link" aria-label={`Open ${name}`} onClick={() => open(path)}>
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

import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { countInWords } from "../words.ts";

/** Which files and folders of an instance are chosen, in whichever folder: a box for each, and the way on with them. */
export function useDistributeChoice(instanceId: string): {
  readonly box: (path: string) => ReactNode;
  readonly way: ReactNode;
} {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  return {
    box: (path) => (
      <input
        type="checkbox"
        className="choose"
        aria-label={`Choose ${path.slice(path.lastIndexOf("/") + 1)}`}
        checked={chosen.includes(path)}
        onChange={({ target: { checked } }) =>
          setChosen((before) => (checked ? [...before, path] : before.filter((one) => one !== path)))
        }
      />
    ),
    way: (
      <Link className="button" to={`/instances/${instanceId}/distribute`} state={{ paths: chosen }}>
        {chosen.length === 0 ? "Distribute…" : `Distribute ${countInWords(chosen.length, "item")}…`}
      </Link>
    ),
  };
}

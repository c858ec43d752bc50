import type { ReactNode } from "react";
import { comesWith, withoutPath, withPath } from "../chosen-paths.ts";

/** A path with a box to choose it by. */
export function ChoosePath(props: {
  readonly path: string;
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
  readonly children: ReactNode;
}) {
  const { path, chosen, onChange } = props;
  const isWithAnother = comesWith(chosen, path);
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={chosen.includes(path) || isWithAnother}
        disabled={isWithAnother}
        onChange={({ target }) => onChange((target.checked ? withPath : withoutPath)(chosen, path))}
      />{" "}
      {props.children}
    </label>
  );
}

import { createContext, type ReactNode, useContext, useState } from "react";
import { Link } from "react-router";
import { nameOf } from "../files/place.ts";
import { countInWords } from "../words.ts";

interface Choice {
  readonly chosen: readonly string[];
  readonly choose: (path: string, isChosen: boolean) => void;
}

const Chosen = createContext<Choice>({ chosen: [], choose: () => undefined });

/** Which files and folders of an instance are chosen, in whichever folder: a box for each, and the way on with them. */
export function DistributeChoice({ children }: { readonly children: ReactNode }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choose = (path: string, isChosen: boolean) =>
    setChosen((before) => (isChosen ? [...before, path] : before.filter((one) => one !== path)));
  return <Chosen value={{ chosen, choose }}>{children}</Chosen>;
}

export function ChooseBox({ path }: { readonly path: string }) {
  const { chosen, choose } = useContext(Chosen);
  return (
    <input
      type="checkbox"
      className="choose"
      aria-label={`Choose ${nameOf(path)}`}
      checked={chosen.includes(path)}
      onChange={({ target: { checked } }) => choose(path, checked)}
    />
  );
}

export function DistributeWay({ instanceId }: { readonly instanceId: string }) {
  const { chosen } = useContext(Chosen);
  return (
    <Link className="button" to={`/instances/${instanceId}/distribute`} state={{ paths: chosen }}>
      {chosen.length === 0 ? "Distribute…" : `Distribute ${countInWords(chosen.length, "item")}…`}
    </Link>
  );
}

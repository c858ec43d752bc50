import type { Strategy } from "@twinfold/api";

/** As the pages call each, and what it does with what a target has already. */
export const STRATEGIES: Readonly<Record<Strategy, { readonly name: string; readonly means: string }>> = {
  overwrite: {
    name: "Overwrite",
    means: "Files of the same name are replaced by those on the stage. All other files stay.",
  },
  extra: {
    name: "Distribute extra",
    means: "Files that are there stay as they are. Only what a target does not have is copied.",
  },
  mirror: {
    name: "Mirror",
    means: "The target is cleared first: afterwards it has what is on the stage and nothing else.",
  },
  skip: {
    name: "Skip",
    means: "A target that has any of the files or folders on the stage already is left alone as a whole.",
  },
};

export function StrategyChoice(props: { readonly value: Strategy; readonly onChange: (value: Strategy) => void }) {
  return (
    <fieldset className="choices">
      <legend>What if a target has files already?</legend>
      {(Object.keys(STRATEGIES) as Strategy[]).map((one) => (
        <label key={one} className="check">
          <input type="radio" name="strategy" checked={props.value === one} onChange={() => props.onChange(one)} />{" "}
          <b>{STRATEGIES[one].name}</b>
          <span className="means quiet">{STRATEGIES[one].means}</span>
        </label>
      ))}
    </fieldset>
  );
}

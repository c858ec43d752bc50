import { STRATEGY_NAMES, type Strategy } from "@twinfold/api";

/** What each does with what a target has already. */
const MEANS: Readonly<Record<Strategy, string>> = {
  overwrite: "Files of the same name are replaced by those on the stage. All other files stay.",
  extra: "Files that are there stay as they are. Only what a target does not have is copied.",
  mirror: "The target is cleared first: afterwards it has what is on the stage and nothing else.",
  skip: "A target that has any of the files or folders on the stage already is left alone as a whole.",
};

export function StrategyChoice(props: { readonly value: Strategy; readonly onChange: (value: Strategy) => void }) {
  return (
    <fieldset className="choices">
      <legend>What if a target has files already?</legend>
      {(Object.keys(MEANS) as Strategy[]).map((one) => (
        <label key={one} className="check">
          <input type="radio" name="strategy" checked={props.value === one} onChange={() => props.onChange(one)} />{" "}
          <b>{STRATEGY_NAMES[one]}</b>
          <span className="means quiet">{MEANS[one]}</span>
        </label>
      ))}
    </fieldset>
  );
}

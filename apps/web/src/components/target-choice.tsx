import type { Instance } from "@twinfold/api";

/** The instances to distribute to, space by space. */
export function TargetChoice(props: {
  readonly instances: readonly Instance[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { instances, chosen, onChange } = props;
  const spaces = Map.groupBy(instances, ({ organization, space }) => `${organization} › ${space}`);
  const without = (some: readonly Instance[]) => chosen.filter((id) => some.every((one) => one.id !== id));
  return [...spaces].map(([name, here]) => {
    const isAll = here.every(({ id }) => chosen.includes(id));
    return (
      <fieldset key={name} className="choices">
        <legend>{name}</legend>
        {here.map((one) => (
          <label key={one.id} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(one.id)}
              onChange={({ target }) => onChange(target.checked ? [...chosen, one.id] : without([one]))}
            />{" "}
            {one.name}
          </label>
        ))}
        {here.length > 1 && (
          <button
            type="button"
            className="link"
            onClick={() => onChange(isAll ? without(here) : [...without(here), ...here.map(({ id }) => id)])}
          >
            {isAll ? `None of ${name}` : `All of ${name}`}
          </button>
        )}
      </fieldset>
    );
  });
}

/** Paths, perhaps each with a reason, of which only the first are named. */
export function NamedPaths({
  of: { count, paths },
}: {
  readonly of: {
    readonly count: number;
    readonly paths: readonly (string | { readonly path: string; readonly why: string })[];
  };
}) {
  return (
    <>
      <ul>
        {paths.map((one) => {
          const { path, why } = typeof one === "string" ? { path: one, why: null } : one;
          return (
            <li key={path}>
              <code>{path}</code>
              {why !== null && `: ${why}`}
            </li>
          );
        })}
      </ul>
      {count > paths.length && <p className="quiet">and {(count - paths.length).toLocaleString("en")} more</p>}
    </>
  );
}

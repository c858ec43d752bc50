/** So many are there to be seen; the others are opened. */
const AT_ONCE = 10;

type Item = readonly [path: string, words: string];

/** Items under a title, each with what is to be said of it; nothing where there are none. */
export function ListedItems(props: {
  readonly title: string;
  readonly items: readonly Item[];
  /** How many there are in all: not all of them may have been told. */
  readonly of: number;
}) {
  const { title, items, of } = props;
  if (items.length === 0) return null;
  const untold = of - items.length;
  return (
    <>
      <h3>{title}</h3>
      <List items={items.slice(0, AT_ONCE)} />
      {items.length > AT_ONCE && (
        <details className="more">
          <summary>and {(of - AT_ONCE).toLocaleString("en")} more</summary>
          <List items={items.slice(AT_ONCE)} />
          {untold > 0 && <p className="quiet">and {untold.toLocaleString("en")} more</p>}
        </details>
      )}
    </>
  );
}

function List({ items }: { readonly items: readonly Item[] }) {
  return (
    <ul>
      {items.map(([path, words]) => (
        <li key={path}>
          <code>{path}</code>: {words}
        </li>
      ))}
    </ul>
  );
}

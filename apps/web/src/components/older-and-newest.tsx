import { Link } from "react-router";

interface OlderAndNewestProps {
  /** What the pages are of. */
  readonly label: string;
  /** The entry this page begins before; undefined on the newest page. */
  readonly before: string | undefined;
  /** The last entry of this page, where there are older ones. */
  readonly olderThan: string | number | undefined;
}

/** The way through a list that is read from its newest entry back; nothing where it is one page. */
export function OlderAndNewest({ label, before, olderThan }: OlderAndNewestProps) {
  if (before === undefined && olderThan === undefined) return null;
  return (
    <nav aria-label={label} className="row">
      {before !== undefined && <Link to="?">Newest</Link>}
      {olderThan !== undefined && <Link to={`?before=${olderThan}`}>Older</Link>}
    </nav>
  );
}

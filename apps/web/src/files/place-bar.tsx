import type { Place } from "./place.ts";

/** Where the page is, and ways elsewhere. */
export function PlaceBar(props: {
  readonly place: Place;
  readonly goTo: (next: Partial<Place>) => void;
  readonly show: (next: Partial<Place>) => void;
}) {
  const { place, goTo, show } = props;
  const crumbs = place.path === "" ? [] : place.path.split("/");
  return (
    <>
      <div className="row">
        <fieldset className="tabs">
          <legend className="visually-hidden">Area</legend>
          {(["workspace", "personal"] as const).map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={place.area === one}
              onClick={() => goTo({ area: one, path: "" })}
            >
              {one === "workspace" ? "Workspace" : "Personal"}
            </button>
          ))}
        </fieldset>
        <label className="check">
          <input type="checkbox" checked={place.hidden} onChange={(event) => show({ hidden: event.target.checked })} />{" "}
          Show hidden files
        </label>
        <input
          type="search"
          aria-label="Find in this folder"
          placeholder="Find in this folder"
          value={place.find}
          maxLength={255}
          onChange={(event) => show({ find: event.target.value })}
        />
      </div>
      <nav aria-label="Folder" className="crumbs">
        <button type="button" className="link" onClick={() => goTo({ path: "" })}>
          {place.area === "workspace" ? "/files" : "~"}
        </button>
        {crumbs.map((name, index) => {
          const path = crumbs.slice(0, index + 1).join("/");
          return (
            <span key={path}>
              {" / "}
              <button type="button" className="link" onClick={() => goTo({ path })}>
                {name}
              </button>
            </span>
          );
        })}
      </nav>
    </>
  );
}

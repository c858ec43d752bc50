import { NameQuestion } from "../components/name-question.tsx";
import { joinPath, nameOf } from "./place.ts";

/** What is asked a name for: a new folder, or something that has one, by its path. */
export type NameWish = { readonly kind: "new folder" } | { readonly kind: "rename"; readonly path: string };

/** Longest path that the server takes. */
const LONGEST = 4096;

export function FileNameQuestion(props: {
  readonly wish: NameWish;
  /** The folder that is looked at. */
  readonly folder: string;
  readonly busy: boolean;
  readonly error: unknown;
  /** A path from the top. */
  readonly onPath: (path: string) => void;
  readonly onNo: () => void;
}) {
  const { wish, folder } = props;
  if (wish.kind === "new folder") {
    return (
      <NameQuestion
        title="New folder"
        yes="Make it"
        {...props}
        longest={255}
        onName={(name) => props.onPath(joinPath(folder, name))}
      />
    );
  }
  return (
    <NameQuestion
      title={`Rename ${nameOf(wish.path)}`}
      label="New name, or another folder and a name"
      known={wish.path}
      yes="Rename"
      {...props}
      longest={LONGEST}
      onName={(path) => (path === wish.path ? props.onNo() : props.onPath(path))}
    >
      <p className="quiet">From the top: “data/raw/a.csv” lies in the folder “raw” of the folder “data”.</p>
    </NameQuestion>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ConflictChoice, type Instance, type SyncDetails, settledConflict } from "@twinfold/api";
import { useCallback, useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { post } from "../api.ts";
import { ConflictComparison, type Shown } from "./conflict-comparison.tsx";
import { Failure, Notice } from "./notice.tsx";

type Conflict = SyncDetails["conflicts"][number];
interface Wish {
  readonly conflict: Conflict;
  readonly choice: ConflictChoice["choice"];
  readonly shown: Shown;
}

const DONE: Readonly<Record<ConflictChoice["choice"], string>> = {
  theirs: "Theirs stays as",
  mine: "Mine is now",
  both: "Both stay; mine is now",
};

/** The conflict copies of an instance, each beside the other version, and what can become of them. */
export function Conflicts({
  instance,
  conflicts,
}: {
  readonly instance: Instance;
  readonly conflicts: readonly Conflict[];
}) {
  const called = useCalledConflict(conflicts);
  const [open, setOpen] = useState<string | null>(null);
  // Once it is there: the page may have been opened by a link to it before the server told of any.
  useEffect(() => {
    if (called.copy !== null) setOpen(called.copy);
  }, [called.copy]);
  const client = useQueryClient();
  const settle = useMutation({
    mutationFn: ({ conflict, choice, shown }: Wish) =>
      post(
        `/api/instances/${instance.id}/conflict`,
        { copy: conflict.copy, choice, copyVersion: shown.mine, originalVersion: shown.theirs },
        settledConflict,
      ),
    onSuccess: () => setOpen(null),
    onSettled: () =>
      Promise.all(
        [["sync", instance.id], ["instances"], ["conflict", instance.id]].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  });
  const { conflicts: count } = instance.sync;
  return (
    <>
      <Failure error={settle.error} />
      {settle.isSuccess && (
        <Notice tone="good">
          {DONE[settle.variables.choice]} <code>{settle.data.path}</code>.
          {settle.variables.choice !== "both" && (
            <>
              {" "}
              The other version is in Dropbox's history; <Link to={`/instances/${instance.id}/activity`}>Activity</Link>{" "}
              brings it back.
            </>
          )}
        </Notice>
      )}
      {conflicts.length > 0 && <h3>Conflict copies</h3>}
      {conflicts.length > 0 && (
        <ul>
          {conflicts.map((conflict) => (
            <li key={conflict.copy} ref={conflict.copy === called.copy ? called.ref : null} tabIndex={-1}>
              <code>{conflict.copy}</code>{" "}
              {conflict.original === null ? (
                "has a name that Dropbox takes for another's: rename one of the two"
              ) : (
                <button
                  type="button"
                  className="link"
                  aria-expanded={open === conflict.copy}
                  aria-label={`Compare ${conflict.copy}`}
                  onClick={() => setOpen(open === conflict.copy ? null : conflict.copy)}
                >
                  Compare
                </button>
              )}
              {open === conflict.copy && conflict.original !== null && (
                <ConflictComparison
                  instanceId={instance.id}
                  copy={conflict.copy}
                  original={conflict.original}
                  busy={settle.isPending || instance.role !== "editor"}
                  onChoice={(choice, shown) => settle.mutate({ conflict, choice, shown })}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {count > conflicts.length && conflicts.length > 0 && <p className="quiet">and {count - conflicts.length} more</p>}
    </>
  );
}

/** The conflict that a link to this page names, if it is one of these: brought into view, and to the keyboard. */
function useCalledConflict(conflicts: readonly Conflict[]) {
  const [search] = useSearchParams();
  const wanted = search.get("conflict");
  const copy = conflicts.some((one) => one.copy === wanted) ? wanted : null;
  const ref = useCallback((item: HTMLLIElement | null) => {
    item?.focus();
  }, []);
  return { copy, ref };
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { broughtBack, deletion, type FileEntry, type FileListing } from "@twinfold/api";
import { useState } from "react";
import { z } from "zod";
import { post } from "../api.ts";
import type { NameWish } from "./name-questions.tsx";
import { folderOf, nameOf } from "./place.ts";

const nothing = z.object({});

/** By what a change is taken back: a deletion, by what it is kept as; a move, by the move back. */
export type Done =
  | { readonly does: "bring-back"; readonly id: string; readonly name: string }
  | { readonly does: "move"; readonly from: string; readonly to: string };
/** The same, also of earlier deletions; and what is not to come back. */
export type TakingBack = Done | { readonly does: "bring-back" | "forget"; readonly id: string };

const isSame = (done: Done, what: TakingBack) =>
  done === what || (done.does !== "move" && what.does !== "move" && done.id === what.id);

/** What can be done to names of files: each is shown done, or says why not. */
export function useFileChanges(id: string, area: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["files", id] });
  const [wish, setWish] = useState<NameWish | null>(null);
  const [done, setDone] = useState<Done | null>(null);

  const name = useMutation({
    mutationFn: ({ wish: of, path }: { readonly wish: NameWish; readonly path: string }) =>
      of.kind === "new folder"
        ? post(`/api/instances/${id}/folder`, { area, path }, nothing)
        : post(`/api/instances/${id}/move`, { area, from: of.path, to: path }, nothing),
    onSuccess: (_, { wish: of, path }) => {
      setWish(null);
      setDone(of.kind === "rename" ? { does: "move", from: path, to: of.path } : null);
    },
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (path: string) => post(`/api/instances/${id}/delete`, { area, path }, deletion),
    // It can be brought back, so its row does not wait for the answer; after a refusal it is asked for again.
    onMutate(path) {
      setDone(null);
      return takeOff(path);
    },
    onSuccess: (gone, path) => setDone({ does: "bring-back", id: gone.id, name: nameOf(path) }),
    onSettled,
  });
  const takeBack = useMutation<unknown, Error, TakingBack>({
    mutationFn: (what) => {
      if (what.does === "move")
        return post(`/api/instances/${id}/move`, { area, from: what.from, to: what.to }, nothing);
      return what.does === "bring-back"
        ? post(`/api/instances/${id}/deleted/bring-back`, { area, id: what.id }, broughtBack)
        : post(`/api/instances/${id}/deleted/forget`, { area, id: what.id }, nothing);
    },
    onSuccess: (_, what) => setDone((shown) => (shown !== null && isSame(shown, what) ? null : shown)),
    onSettled,
  });
  /** From what is shown of its folder; an answer that is on its way would still have it. */
  async function takeOff(path: string): Promise<void> {
    const queryKey = ["files", id, area, folderOf(path)];
    await client.cancelQueries({ queryKey });
    const pages = client.getQueriesData<FileListing>({ queryKey });
    const isIt = ({ name }: FileEntry) => name === nameOf(path);
    for (const [key, page] of pages) {
      // The other pages of the same listing count it, too.
      const [, , , , hidden, find] = key;
      const isOfThese = pages.some(([of, one]) => of[4] === hidden && of[5] === find && one?.entries.some(isIt));
      if (page === undefined || !isOfThese) continue;
      client.setQueryData(key, { ...page, total: page.total - 1, entries: page.entries.filter((one) => !isIt(one)) });
    }
  }

  return {
    wish,
    name,
    askName(next: NameWish | null) {
      name.reset();
      setWish(next);
    },
    remove,
    /** What was done last, as far as it can be taken back. */
    done,
    forgetNotice: () => setDone(null),
    takeBack,
  };
}

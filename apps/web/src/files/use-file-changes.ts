import { useMutation, useQueryClient } from "@tanstack/react-query";
import { broughtBack, deletion, type FileEntry, type FileListing } from "@twinfold/api";
import { useState } from "react";
import { z } from "zod";
import { post } from "../api.ts";
import type { NameWish } from "./name-questions.tsx";
import { folderOf, nameOf } from "./place.ts";

const nothing = z.object({});

/** What can be done to names of files: each is shown done, or says why not. */
export function useFileChanges(id: string, area: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ["files", id] });
  const [wish, setWish] = useState<NameWish | null>(null);
  const [deleted, setDeleted] = useState<{ readonly id: string; readonly name: string } | null>(null);

  const name = useMutation({
    mutationFn: ({ wish: of, path }: { readonly wish: NameWish; readonly path: string }) =>
      of.kind === "new folder"
        ? post(`/api/instances/${id}/folder`, { area, path }, nothing)
        : post(`/api/instances/${id}/move`, { area, from: of.path, to: path }, nothing),
    onSuccess: () => setWish(null),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (path: string) => post(`/api/instances/${id}/delete`, { area, path }, deletion),
    // It can be brought back, so its row does not wait for the answer; after a refusal it is asked for again.
    onMutate: (path) => takeOff(path),
    onSuccess: (gone, path) => setDeleted({ id: gone.id, name: nameOf(path) }),
    onSettled,
  });
  const ofDeleted = useMutation<unknown, Error, { readonly does: "bring-back" | "forget"; readonly id: string }>({
    mutationFn: ({ does, id: item }) =>
      does === "bring-back"
        ? post(`/api/instances/${id}/deleted/bring-back`, { area, id: item }, broughtBack)
        : post(`/api/instances/${id}/deleted/forget`, { area, id: item }, nothing),
    onSuccess: (_, { id: item }) => setDeleted((shown) => (shown?.id === item ? null : shown)),
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
    deleted,
    forgetNotice: () => setDeleted(null),
    ofDeleted,
  };
}

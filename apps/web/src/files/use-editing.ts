import type { Area } from "@twinfold/api";
import { useEffect, useRef, useState } from "react";
import { NavigationType, useNavigationType } from "react-router";
import { mayLose } from "../components/unsaved.ts";
import { folderOf, joinPath, nameOf, type Place } from "./place.ts";

interface Edited {
  readonly area: Area;
  readonly path: string;
}

const keyOf = (edited: Edited | null) => edited && `${edited.area} ${edited.path}`;

/** What is edited: what the address says, once its user has agreed to leave what she has not saved. */
export function useEditing(place: Place, go: (next: Partial<Place>) => void) {
  const { area, path, edit } = place;
  const wanted = edit === "" ? null : { area, path: joinPath(path, edit) };
  const [edited, setEdited] = useState<Edited | null>(wanted);
  const unsaved = useRef(false);
  const isBack = useNavigationType() === NavigationType.Pop;
  /** Asked before a way that the page itself goes. */
  const mayLeave = () => edited === null || mayLose(unsaved.current, edited.path);
  useEffect(() => {
    if (keyOf(wanted) === keyOf(edited)) return;
    // The browser has gone already; every other way has asked before.
    if (edited !== null && isBack && !mayLeave()) {
      go({ area: edited.area, path: folderOf(edited.path), edit: nameOf(edited.path) });
      return;
    }
    unsaved.current = false;
    setEdited(wanted);
  });
  const noteUnsaved = (now: boolean) => {
    unsaved.current = now;
  };
  return { edited, mayLeave, noteUnsaved };
}

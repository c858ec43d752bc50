import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Instance, instance as instanceShape } from "@twinfold/api";
import { useId, useState } from "react";
import { post } from "../api.ts";
import { Failure } from "./notice.tsx";

/**
 * Whether the user's sync runs here without an application; hers alone, whatever other members choose.
 * @param named where there are several on a page: which one a screen reader has reached
 */
export function AlwaysOn({ instance, named = null }: { readonly instance: Instance; readonly named?: string | null }) {
  const client = useQueryClient();
  // In the click itself, so that the box does not fall back for a moment: the mutation is under way a little later.
  const [wanted, setWanted] = useState<boolean | null>(null);
  const set = useMutation({
    mutationFn: (on: boolean) => post(`/api/instances/${instance.id}/always-on`, { on }, instanceShape),
    onSettled: () => client.invalidateQueries({ queryKey: ["instances"] }),
  });
  const help = useId();
  const isViewer = instance.role === "viewer";
  return (
    <>
      <label className="check">
        <input
          type="checkbox"
          checked={wanted ?? instance.alwaysOn}
          onChange={(event) => {
            setWanted(event.target.checked);
            set.mutate(event.target.checked, { onSettled: () => setWanted(null) });
          }}
          disabled={set.isPending}
          aria-describedby={help}
        />{" "}
        {isViewer ? "Keep a copy in my Dropbox" : "Always on"}
        {named !== null && <span className="visually-hidden"> of {named}</span>}
      </label>
      <p className="quiet" id={help}>
        {isViewer
          ? "Your Dropbox follows these files. You may look at them and not change them, so what you change in your Dropbox stays there, and is listed as not synced."
          : instance.alwaysOn
            ? "These files are kept the same as your Dropbox whether an application runs or not."
            : "These files are synced with your Dropbox while an application of yours runs; always on, also while none does."}
      </p>
      <Failure error={set.error} />
    </>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Instance, instance as instanceShape } from "@twinfold/api";
import { useId, useState } from "react";
import { Link } from "react-router";
import { post } from "../api.ts";
import { ApplicationCard } from "../components/application-card.tsx";
import { Failure } from "../components/notice.tsx";
import { StatusDetails, settingsAddress } from "../components/status-pill.tsx";
import { useTitle } from "../components/title.ts";
import { useApplicationKinds } from "../queries.ts";
import { useInstance } from "./instance-pages.tsx";

export function ApplicationsPage() {
  const instance = useInstance();
  const { id } = instance;
  useTitle(`Applications of ${instance.name}`);
  const kinds = useApplicationKinds();
  return (
    <>
      <h1>Applications</h1>
      <Failure error={kinds.error} />
      {instance.role === "viewer" && (
        <p className="quiet">
          You may look at the files of this instance, and applications change files: ask a space administrator for the
          editor's role to start one.
        </p>
      )}
      {kinds.isPending && <p className="quiet">Looking up what can be started.</p>}
      {kinds.data?.map((one) => (
        <ApplicationCard key={`${id} ${one.kind}`} instance={instance} of={one} />
      ))}
      <section className="card">
        <h2>Dropbox Sync</h2>
        <StatusDetails status={instance.sync} />
        <AlwaysOn instance={instance} />
        {instance.sync.state === "not linked" ? (
          <p>
            <Link to="/account/settings/dropbox">Link your Dropbox</Link> to have these files there as well.
          </p>
        ) : (
          <p>
            <Link to={settingsAddress(id)}>Details and settings</Link>
          </p>
        )}
      </section>
    </>
  );
}

/** Whether the user's sync runs here without an application; hers alone, whatever other members choose. */
function AlwaysOn({ instance }: { readonly instance: Instance }) {
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

import { Link } from "react-router";
import { AlwaysOn } from "../components/always-on.tsx";
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

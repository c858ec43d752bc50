import { useMutation } from "@tanstack/react-query";
import type { AdministeredOrganization, AdministeredSpace, AdministeredUnit, Level } from "@twinfold/api";
import { useState } from "react";
import { Link, useLocation } from "react-router";
import { z } from "zod";
import { unitAddress, useAdministered, useRefreshAdministration } from "../administration-queries.ts";
import { post } from "../api.ts";
import { NameQuestion } from "../components/name-question.tsx";
import { EmptyState, Failure, Notice } from "../components/notice.tsx";
import { useTitle } from "../components/title.ts";

/** The organizations, spaces and instances that the user may change, and where new ones are made. */
export function AdminPage() {
  useTitle("Admin");
  const all = useAdministered();
  const left = z.object({ deleted: z.string() }).safeParse(useLocation().state);
  const manages = all.data?.some((one) => one.manages) === true;
  return (
    <>
      <div className="row">
        <h1>Admin</h1>
        {manages && <Create what="organization" address="/api/administration/organizations" />}
      </div>
      {left.success && <Notice tone="good">{left.data.deleted}</Notice>}
      <Failure error={all.error} />
      {all.isPending && <p className="quiet">Looking up what you administer.</p>}
      {all.data?.length === 0 && (
        <EmptyState title="Nothing to administer">
          <p>
            This page is for organization managers and space administrators. If you should be one, ask whoever invited
            you.
          </p>
        </EmptyState>
      )}
      {all.data?.map((one) => (
        <Organization key={one.id} organization={one} />
      ))}
    </>
  );
}

function Organization({ organization }: { readonly organization: AdministeredOrganization }) {
  const { id, spaces, manages } = organization;
  return (
    <section className="card" aria-label={organization.name}>
      <div className="row">
        <h2>{manages ? <UnitLink level="organization" unit={organization} /> : organization.name}</h2>
        {manages && <Create what="space" address={`${unitAddress("organization", id)}/spaces`} />}
      </div>
      {spaces.length === 0 && (
        <p className="quiet">No space yet. A space holds one project or course: make one, then invite people to it.</p>
      )}
      {spaces.map((space) => (
        <Space key={space.id} space={space} />
      ))}
    </section>
  );
}

function Space({ space }: { readonly space: AdministeredSpace }) {
  return (
    <section className="space" aria-label={space.name}>
      <div className="row">
        <h3>
          <UnitLink level="space" unit={space} />
        </h3>
        <Create what="instance" address={`${unitAddress("space", space.id)}/instances`} />
      </div>
      {space.instances.length === 0 ? (
        <p className="quiet">No instance left. An instance holds one set of files: make one to work here.</p>
      ) : (
        <ul>
          {space.instances.map((one) => (
            <li key={one.id}>
              <UnitLink level="instance" unit={one} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function UnitLink({ level, unit }: { readonly level: Level; readonly unit: AdministeredUnit }) {
  return (
    <>
      <Link to={`/admin/${level}/${unit.id}`}>{unit.name}</Link>
      {unit.archivedAt !== null && <span className="pill pill-quiet">archived</span>}
    </>
  );
}

const MEANS: Readonly<Record<Level, string>> = {
  organization: "You manage it. Its spaces are folders of it in the Dropbox of each member.",
  space: "It begins with the instances Master and Distributed, and you administer it.",
  instance: "It begins empty. Invite the people who are to work in it.",
};

function Create({ what, address }: { readonly what: Level; readonly address: string }) {
  const [asking, setAsking] = useState(false);
  const refresh = useRefreshAdministration();
  const create = useMutation({
    mutationFn: (name: string) => post(address, { name }, z.object({ id: z.string() })),
    onSuccess: () => {
      setAsking(false);
      return refresh();
    },
  });
  return (
    <>
      <button
        type="button"
        onClick={() => {
          create.reset();
          setAsking(true);
        }}
      >
        New {what}
      </button>
      {asking && (
        <NameQuestion
          title={`New ${what}`}
          yes={create.isPending ? "Creating" : "Create"}
          busy={create.isPending}
          error={create.error}
          onName={create.mutate}
          onNo={() => setAsking(false)}
        >
          <p className="quiet">{MEANS[what]}</p>
        </NameQuestion>
      )}
    </>
  );
}

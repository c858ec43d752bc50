import { useMutation } from "@tanstack/react-query";
import {
  type Administered,
  type AdministeredUnit,
  type DropboxOutcome,
  dropboxOutcome,
  level,
  type UnitDeletion,
  unitDeletion,
} from "@twinfold/api";
import { useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { z } from "zod";
import { unitAddress, useAdministered, useRefreshAdministration } from "../administration-queries.ts";
import { post } from "../api.ts";
import { NameQuestion } from "../components/name-question.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { Question } from "../components/question.tsx";
import { useTitle } from "../components/title.ts";
import { UnitMembers } from "../components/unit-members.tsx";
import { NotFoundPage } from "./not-found-page.tsx";

/** A unit with what it lies in, the outermost first and itself last. */
function find(all: Administered, id: string | undefined): readonly AdministeredUnit[] | null {
  for (const organization of all) {
    if (organization.id === id) return [organization];
    for (const space of organization.spaces) {
      if (space.id === id) return [organization, space];
      const instance = space.instances.find((one) => one.id === id);
      if (instance !== undefined) return [organization, space, instance];
    }
  }
  return null;
}

/** One organization, space or instance: its members, and what can be done with it. */
export function UnitPage() {
  const params = useParams();
  const all = useAdministered();
  const kind = level.safeParse(params.level);
  const chain = all.data === undefined ? null : find(all.data, params.id);
  const unit = chain?.at(-1);
  if (all.data === undefined)
    return all.isPending ? <p className="quiet">Looking it up.</p> : <Failure error={all.error} />;
  if (unit === undefined || chain === null || !kind.success)
    return <NotFoundPage title="Nothing to administer here">It was deleted, or you do not administer it.</NotFoundPage>;
  return <UnitDetails key={unit.id} level={kind.data} unit={unit} chain={chain} />;
}

function UnitDetails(props: {
  readonly level: z.infer<typeof level>;
  readonly unit: AdministeredUnit;
  readonly chain: readonly AdministeredUnit[];
}) {
  const { unit, chain } = props;
  useTitle(`Admin of ${unit.name}`);
  const path = `/${chain.map((one) => one.dropboxName).join("/")}`;
  const [asking, setAsking] = useState<"rename" | "delete" | null>(null);
  const [alsoInDropbox, setAlsoInDropbox] = useState(false);
  const refresh = useRefreshAdministration();
  const navigate = useNavigate();
  const address = unitAddress(props.level, unit.id);
  const done = () => {
    setAsking(null);
    return refresh();
  };
  const rename = useMutation({
    mutationFn: (name: string) => post(`${address}/rename`, { name }, dropboxOutcome),
    onSuccess: done,
  });
  const archive = useMutation({
    mutationFn: (archived: boolean) => post(`${address}/archive`, { archived }, z.object({})),
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: () => post(`${address}/delete`, { alsoInDropbox }, unitDeletion),
    onSuccess: async (outcome) => {
      navigate("/admin", { state: { deleted: `${unit.name} was deleted. ${deletedInWords(outcome)}` } });
      await refresh();
    },
  });
  const archived = unit.archivedAt !== null;
  return (
    <>
      <p className="quiet">
        <Link to="/admin">Admin</Link> › {chain.map((one) => one.name).join(" › ")}
      </p>
      <div className="row">
        <h1>{unit.name}</h1>
        <span className="quiet">{props.level}</span>
        {archived && <span className="pill pill-quiet">archived</span>}
      </div>
      <Failure error={archive.error ?? remove.error} />
      {rename.data !== undefined && <Notice tone="good">Renamed. {renamedInWords(rename.data)}</Notice>}
      <p className="path">
        In Dropbox: <code>{path}</code>
        {unit.dropboxName !== unit.name && (
          <>
            {" "}
            (Dropbox does not take “{unit.name}” as a name: the folder is called “{unit.dropboxName}”.)
          </>
        )}
      </p>
      {props.level === "organization" && (
        <p>
          <Link to={`/admin/organization/${unit.id}/audit`}>Audit log</Link>: who did what, and when.
        </p>
      )}
      <UnitMembers level={props.level} id={unit.id} name={unit.name} />
      <section className="card">
        <h2>Change this {props.level}</h2>
        <p className="quiet">
          {archived
            ? "It is out of its members' sight, and its files stay as they were. In Dropbox its folder stays with all that is in it, and no longer follows. Once it is brought back, sync goes on where it ended."
            : "Archived, it is out of its members' sight, and what runs in it ends, its sync too. Nothing is deleted: in the Dropbox of each member its folder stays with all that is in it, and no longer follows. You can bring it back."}
        </p>
        <div className="row">
          <button type="button" onClick={() => setAsking("rename")}>
            Rename
          </button>
          <button type="button" onClick={() => archive.mutate(!archived)} disabled={archive.isPending}>
            {archive.isPending ? "One moment" : archived ? "Bring back" : "Archive"}
          </button>
          <button type="button" onClick={() => setAsking("delete")} disabled={remove.isPending}>
            {remove.isPending ? "Deleting" : "Delete"}
          </button>
        </div>
      </section>
      {asking === "rename" && (
        <NameQuestion
          title={`Rename ${unit.name}`}
          known={unit.name}
          yes={rename.isPending ? "Renaming" : "Rename"}
          busy={rename.isPending}
          error={rename.error}
          onName={rename.mutate}
          onNo={() => setAsking(null)}
        >
          <p className="quiet">The folder is renamed in the Dropbox of each member, too. No file is sent again.</p>
        </NameQuestion>
      )}
      {asking === "delete" && (
        <Question
          title={`Delete ${unit.name}?`}
          yes="Delete"
          onYes={() => {
            setAsking(null);
            remove.mutate();
          }}
          onNo={() => setAsking(null)}
        >
          <p>
            Its files here are deleted for all its members, and this can't be taken back. In Dropbox nothing is deleted:
            each member keeps what she has in <code>{path}</code>, unless you ask for more.
          </p>
          <label className="check">
            <input
              type="checkbox"
              checked={alsoInDropbox}
              onChange={(event) => setAlsoInDropbox(event.currentTarget.checked)}
            />{" "}
            Also delete this folder in the Dropbox of each member
          </label>
        </Question>
      )}
    </>
  );
}

const dropboxes = (count: number) => (count === 1 ? "one linked Dropbox" : `${count} linked Dropboxes`);

function renamedInWords({ done, missed }: DropboxOutcome): string {
  const words = [];
  if (done > 0) words.push(`The folder was renamed in ${dropboxes(done)}.`);
  if (missed > 0)
    words.push(`In ${dropboxes(missed)} it could not be: that is made up for when sync next begins there.`);
  return words.join(" ");
}

function deletedInWords({ done, missed, left }: UnitDeletion): string {
  const words = [done > 0 ? `The folder was deleted in ${dropboxes(done)}.` : "No folder in Dropbox was deleted."];
  if (missed > 0)
    words.push(`${dropboxes(missed)} could not be reached, and still ${missed === 1 ? "has" : "have"} it.`);
  if (left)
    words.push(
      "Some of its files could not be removed from the server's disk: whoever runs the server finds why in its log. That is tried again when it next starts.",
    );
  return words.join(" ");
}

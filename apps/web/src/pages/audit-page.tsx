import type { AuditAction, AuditEntry } from "@twinfold/api";
import { Link, useParams, useSearchParams } from "react-router";
import { useAdministered, useAudit } from "../administration-queries.ts";
import { Moment } from "../components/moment.tsx";
import { Failure } from "../components/notice.tsx";
import { OlderAndNewest } from "../components/older-and-newest.tsx";
import { useTitle } from "../components/title.ts";
import { addressInWords, countInWords } from "../words.ts";

/** Who did what, in an organization and with the accounts of those who are in it. */
export function AuditPage() {
  const { id = "" } = useParams();
  const name = useAdministered().data?.find((one) => one.id === id)?.name;
  useTitle(name === undefined ? "Audit log" : `Audit log of ${name}`);
  const before = useSearchParams()[0].get("before") ?? undefined;
  const page = useAudit(id, before);
  const entries = page.data?.entries ?? [];
  return (
    <>
      <p className="quiet">
        <Link to="/admin">Admin</Link>
        {name !== undefined && (
          <>
            {" "}
            › <Link to={`/admin/organization/${id}`}>{name}</Link>
          </>
        )}
      </p>
      <h1>Audit log</h1>
      <Failure error={page.error} />
      {page.isPending && <p className="quiet">Looking up what was done.</p>}
      {page.data !== undefined && name !== undefined && (
        <p>
          What was done in {name}, and logins and links of those who are in it, for{" "}
          {countInWords(page.data.days, "day")}. What is done to files is on each instance’s Activity page.
        </p>
      )}
      {page.data !== undefined && entries.length === 0 && (
        <p className="quiet">{before === undefined ? "Nothing was done yet." : "There is nothing older."}</p>
      )}
      {entries.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>What</th>
              <th>Who</th>
              <th>When</th>
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <tr key={entry.id}>
                <td>
                  {doneInWords(entry)}
                  <div className="quiet">from {addressInWords(entry.address)}</div>
                </td>
                <td>{entry.who}</td>
                <td>
                  <Moment at={entry.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <OlderAndNewest
        label="Pages of the audit log"
        before={before}
        olderThan={page.data?.more === true ? entries.at(-1)?.id : undefined}
      />
    </>
  );
}

/** `…` is what it was done to; `%` the details, which else stand at the end. */
const DONE: Readonly<Record<AuditAction, string>> = {
  "log in": "Logged in",
  "log in failed": "A login failed: the password was wrong",
  "end sessions": "Logged out other sessions",
  "change password": "Changed the password",
  link: "Linked a Dropbox",
  unlink: "Disconnected the Dropbox",
  create: "Made the % …",
  rename: "Renamed … to %",
  archive: "Archived …",
  "bring back": "Brought back …",
  delete: "Deleted …",
  invite: "Invited % to …",
  "withdraw invitation": "Withdrew the invitation of % to …",
  join: "Joined … as %",
  "change role": "Changed a role in …",
  "remove member": "Removed % from …",
  restore: "Restored a snapshot in …",
  "delete snapshot": "Deleted a snapshot of …",
  distribute: "Distributed files to …, %",
  "undo distribution": "Undid a distribution to …",
  "always on": "Set … to always on",
  "not always on": "Set … to sync with applications only",
};

function doneInWords({ action, subject, details }: AuditEntry): string {
  const words = DONE[action];
  const done = words.replace(/[…%]/g, (sign) => (sign === "…" ? subject : details));
  return details === "" || words.includes("%") ? done : `${done}: ${details}`;
}

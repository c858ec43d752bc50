import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endedSessions, type WebSession, webSessions } from "@twinfold/api";
import { get, post } from "../api.ts";
import { Moment } from "../components/moment.tsx";
import { Failure, Notice } from "../components/notice.tsx";
import { PasswordForm } from "../components/password-form.tsx";
import { useTitle } from "../components/title.ts";
import { addressInWords, countInWords } from "../words.ts";

const KEY = ["sessions"];

/** Where the user is logged in, each to be ended from here, and her password. */
export function SessionsPage() {
  useTitle("Sessions");
  const client = useQueryClient();
  const all = useQuery({ queryKey: KEY, queryFn: () => get("/api/account/sessions", webSessions), gcTime: 0 });
  const refresh = () => client.invalidateQueries({ queryKey: KEY });
  const end = useMutation({
    mutationFn: ({ id }: WebSession) => post(`/api/account/sessions/${id}/end`, {}, endedSessions),
    onSettled: refresh,
  });
  const endOthers = useMutation({
    mutationFn: () => post("/api/account/sessions/end-others", {}, endedSessions),
    onSettled: refresh,
  });
  const sessions = all.data?.sessions ?? [];
  return (
    <>
      <h1>Sessions</h1>
      <p>
        Where you are logged in. A session that you don’t know may be somebody else’s: log it out, then change your
        password.
      </p>
      <Failure error={all.error ?? end.error ?? endOthers.error} />
      {end.isSuccess && <Notice tone="good">{placeInWords(end.variables)} is logged out.</Notice>}
      {endOthers.isSuccess && (
        <Notice tone="good">{countInWords(endOthers.data.ended, "other session")} logged out.</Notice>
      )}
      {all.isPending && <p className="quiet">Looking up your sessions.</p>}
      {sessions.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Where</th>
              <th>When</th>
              <th>
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((one) => (
              <tr key={one.id}>
                <td>
                  {one.browser || "A browser"}
                  <div className="quiet">
                    from {addressInWords(one.address)}, logged in <Moment at={one.begunAt} />
                  </div>
                </td>
                <td>
                  {one.isThis ? (
                    "used now"
                  ) : (
                    <>
                      used <Moment at={one.seenAt} />
                    </>
                  )}
                </td>
                <td className="actions">
                  {one.isThis ? (
                    <span className="quiet">This one</span>
                  ) : (
                    <button
                      type="button"
                      className="link"
                      aria-label={`Log out ${placeInWords(one)}`}
                      onClick={() => end.mutate(one)}
                      disabled={end.isPending}
                    >
                      Log out
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {sessions.length > 1 && (
        <div className="row">
          <button type="button" onClick={() => endOthers.mutate()} disabled={endOthers.isPending}>
            Log out everywhere else
          </button>
        </div>
      )}
      {sessions.length === 1 && <p className="quiet">You are logged in nowhere else.</p>}
      <PasswordForm onChanged={refresh} />
    </>
  );
}

function placeInWords({ browser, address }: WebSession): string {
  return `${browser || "The browser"} at ${addressInWords(address)}`;
}

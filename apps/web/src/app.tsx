import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, Navigate, NavLink, Outlet, Route, Routes } from "react-router";
import { z } from "zod";
import { useAdministered } from "./administration-queries.ts";
import { post } from "./api.ts";
import { DistributionNotices } from "./components/distribution-notices.tsx";
import { EmptyState, Failure } from "./components/notice.tsx";
import { StatusAnnouncer } from "./components/status-announcer.tsx";
import { StatusPill } from "./components/status-pill.tsx";
import { useTitle } from "./components/title.ts";
import { useLiveEvents } from "./live.ts";
import { ActivityPage } from "./pages/activity-page.tsx";
import { AdminPage } from "./pages/admin-page.tsx";
import { ApplicationsPage } from "./pages/applications-page.tsx";
import { AuditPage } from "./pages/audit-page.tsx";
import { DistributePage } from "./pages/distribute-page.tsx";
import { DropboxSettingsPage } from "./pages/dropbox-settings-page.tsx";
import { FilesPage } from "./pages/files-page.tsx";
import { InstancePages } from "./pages/instance-pages.tsx";
import { InvitationPage } from "./pages/invitation-page.tsx";
import { AfterLogin, LoginPage, ToLogin } from "./pages/login-page.tsx";
import { NotFoundPage } from "./pages/not-found-page.tsx";
import { SessionsPage } from "./pages/sessions-page.tsx";
import { SnapshotsPage } from "./pages/snapshots-page.tsx";
import { UnitPage } from "./pages/unit-page.tsx";
import { useInstances, useMe } from "./queries.ts";

// The terminal is the largest part of all pages: it is fetched when it is opened.
const TerminalPage = lazy(() =>
  import("./pages/terminal-page.tsx").then((module) => ({ default: module.TerminalPage })),
);

export function App() {
  const me = useMe();
  useLiveEvents(me.data != null);
  if (me.isPending) return <p className="page quiet">One moment: looking who you are.</p>;
  if (me.data === undefined) return <Failure error={me.error} />;
  return (
    <Routes>
      <Route path="/login" element={me.data === null ? <LoginPage /> : <AfterLogin />} />
      <Route path="/invitation" element={<InvitationPage />} />
      <Route element={me.data === null ? <ToLogin /> : <Shell email={me.data.email} />}>
        <Route index element={<Home />} />
        <Route path="/instances/:id" element={<InstancePages />}>
          <Route path="files" element={<FilesPage />} />
          <Route path="snapshots" element={<SnapshotsPage />} />
          <Route path="activity" element={<ActivityPage />} />
          <Route path="distribute" element={<DistributePage />} />
          <Route path="applications" element={<ApplicationsPage />} />
          <Route
            path="terminal"
            element={
              <Suspense fallback={<p className="quiet">Opening the terminal.</p>}>
                <TerminalPage />
              </Suspense>
            }
          />
        </Route>
        <Route path="/account/settings/dropbox" element={<DropboxSettingsPage />} />
        <Route path="/account/settings/sessions" element={<SessionsPage />} />
        <Route path="/admin" element={<AdminPage />} />
        <Route path="/admin/organization/:id/audit" element={<AuditPage />} />
        <Route path="/admin/:level/:id" element={<UnitPage />} />
        <Route path="*" element={<NotFoundPage title="There is no such page" />} />
      </Route>
    </Routes>
  );
}

/** The first page: the applications of the first instance. */
function Home() {
  const { data, isPending } = useInstances();
  if (isPending) return <p className="quiet">Looking up your instances.</p>;
  // Why they could not be looked up is said above each page.
  if (data === undefined) return null;
  const first = data[0];
  if (first === undefined) return <NoInstance />;
  return <Navigate to={`/instances/${first.id}/applications`} replace />;
}

function NoInstance() {
  useTitle("No instance");
  const administers = (useAdministered().data?.length ?? 0) > 0;
  return (
    <EmptyState title="You are in no instance yet" alone>
      {administers ? (
        <p>
          Make a space on the <Link to="/admin">Admin</Link> page, or let its administrator invite you to one.
        </p>
      ) : (
        <p>Ask an administrator of your space to invite you to one, or to bring back one that was archived.</p>
      )}
    </EmptyState>
  );
}

function Shell({ email }: { readonly email: string }) {
  const instances = useInstances();
  const administers = (useAdministered().data?.length ?? 0) > 0;
  const logout = useMutation({
    mutationFn: () => post("/api/logout", {}, z.object({})),
    // Loaded anew: nothing of hers stays in the window's memory.
    onSuccess: () => location.assign("/login"),
  });
  return (
    <div className="shell">
      <header>
        <Link className="brand" to="/">
          <img src="/icon.svg" alt="" width="24" height="24" /> Twinfold
        </Link>
        <nav aria-label="Instances" className="instances">
          {instances.data?.map((one) => (
            <section key={one.id} className="instance">
              <h2>
                <span className="quiet">
                  {one.organization} › {one.space} ›
                </span>{" "}
                {one.name}
              </h2>
              <div className="links">
                <NavLink to={`/instances/${one.id}/applications`}>Applications</NavLink>
                <NavLink to={`/instances/${one.id}/files`}>Files</NavLink>
                <NavLink to={`/instances/${one.id}/snapshots`}>Snapshots</NavLink>
                <NavLink to={`/instances/${one.id}/activity`}>Activity</NavLink>
                <StatusPill instance={one} />
              </div>
            </section>
          ))}
        </nav>
        {administers && (
          <nav aria-label="Administration">
            <h2>
              <span className="quiet">Organizations › Members ›</span>
            </h2>
            <div className="links">
              <NavLink to="/admin">Admin</NavLink>
            </div>
          </nav>
        )}
        <nav aria-label="Account" className="account">
          <h2>
            <span className="quiet">Account › Settings ›</span>
          </h2>
          <div className="links">
            <NavLink to="/account/settings/dropbox">Dropbox Sync</NavLink>
            <NavLink to="/account/settings/sessions">Sessions</NavLink>
            <button type="button" className="link" onClick={() => logout.mutate()} title={`Logged in as ${email}`}>
              Log out
            </button>
          </div>
        </nav>
        <StatusAnnouncer instances={instances.data ?? []} />
      </header>
      <main className="page">
        <Failure error={instances.error ?? logout.error} />
        <DistributionNotices instances={instances.data ?? []} />
        <Outlet />
      </main>
    </div>
  );
}

import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dropboxHosts } from "@twinfold/dropbox";
import { KeyFileError, openSealer } from "@twinfold/host";
import { createAccounts } from "./accounts.ts";
import { createActivityLog } from "./activity-log.ts";
import { createActivityVersions } from "./activity-versions.ts";
import { createAdministration } from "./administration.ts";
import { createAlwaysOn } from "./always-on.ts";
import { createApplicationAccess } from "./application-access.ts";
import { readCatalogue } from "./application-catalogue.ts";
import { createApplicationControl } from "./application-control.ts";
import { applicationOriginAt, listenForApplications } from "./application-origin.ts";
import { createApplications } from "./applications.ts";
import { createApplicationsApp } from "./applications-app.ts";
import { createAuditLog } from "./audit-log.ts";
import { createBandwidth } from "./bandwidth.ts";
import { createBegunRestores } from "./begun-restores.ts";
import { createConflicts } from "./conflicts.ts";
import { takeDataFolder } from "./data-folder.ts";
import { openDatabase } from "./database/open.ts";
import { createDeletions } from "./deletions.ts";
import { createDistributionNotices } from "./distribution-notices.ts";
import { createDistributions } from "./distributions.ts";
import { createDropboxFolders } from "./dropbox-folders.ts";
import { createEpochs } from "./epochs.ts";
import { createFirstPassword, ensureFirstUser, type FirstPassword } from "./first-user.ts";
import { createHierarchy } from "./hierarchy.ts";
import { createHttpApp } from "./http-app.ts";
import { createInvitations } from "./invitations.ts";
import { createLinks, type DropboxApp } from "./links.ts";
import { createLiveEvents } from "./live-events.ts";
import { type LocalDropbox, startLocalDropbox } from "./local-dropbox.ts";
import { createMarks } from "./marks.ts";
import { createMembers } from "./members.ts";
import { createOpenConnections } from "./open-connections.ts";
import { createPermissions } from "./permissions.ts";
import { createPlaces } from "./places.ts";
import { recoverReplaced } from "./recover-replaced.ts";
import { createRestoredDeletions } from "./restored-deletions.ts";
import { createRestores } from "./restores.ts";
import { createRestoresUnderWay } from "./restores-under-way.ts";
import { CALLBACK_PATH } from "./routes/dropbox-routes.ts";
import { EXIT, StartError } from "./server-error.ts";
import { addressOf, type Settings } from "./settings.ts";
import { createSnapshotContents } from "./snapshot-contents.ts";
import { createSnapshotSchedules } from "./snapshot-schedules.ts";
import { createSyncManager } from "./sync-manager.ts";
import { createUndo } from "./undo.ts";
import { createUploadParts } from "./upload-parts.ts";
import { createWebSession } from "./web-session.ts";
import { createWebSessions } from "./web-sessions.ts";

const PAGES = fileURLToPath(new URL("../../web/dist", import.meta.url));

export interface RunningServer {
  readonly url: string;
  /** Where applications show their pages, with `*` where each has its own; null where none has any. */
  readonly applicationsUrl: string | null;
  /** The first user's password, if it was drawn at random and she has not logged in yet. */
  readonly firstPassword: FirstPassword | null;
  readonly adminEmail: string;
  readonly localDropbox: LocalDropbox | null;
  close(): Promise<void>;
}

/** Starts the whole system. @throws StartError */
export async function startServer(settings: Settings): Promise<RunningServer> {
  const folder = takeDataFolder(settings.dataFolder);
  const closers: (() => unknown)[] = [() => folder.release()];
  // A page that comes back at once must not be told that its application has ended: it would believe it.
  const begun = Promise.withResolvers<void>();
  const close = async () => {
    begun.resolve();
    for (const closer of closers.reverse().splice(0)) await closer();
  };
  try {
    const sealer = openSealer(settings.keyFile, settings.oldKeyFiles);
    const database = await openDatabase({ url: settings.databaseUrl, folder: join(settings.dataFolder, "postgres") });
    closers.push(() => database.destroy());

    let publicUrl = settings.publicUrl ?? addressOf(settings.host, settings.port);
    const redirectUri = () => `${publicUrl}${CALLBACK_PATH}`;
    const localDropbox =
      settings.dropbox.kind === "local"
        ? await startLocalDropbox(settings, settings.dropbox.appName, redirectUri())
        : null;
    if (localDropbox !== null) closers.push(() => localDropbox.close());
    const dropboxUrl = localDropbox?.url ?? (settings.dropbox.kind === "given" ? settings.dropbox.url : undefined);
    const app: DropboxApp = {
      hosts: dropboxHosts(dropboxUrl),
      name: settings.dropbox.appName,
      appKey: localDropbox?.appKey ?? (settings.dropbox.kind === "given" ? settings.dropbox.appKey : ""),
      appSecret:
        localDropbox?.appSecret ?? (settings.dropbox.kind === "given" ? settings.dropbox.appSecret : undefined),
      get redirectUri() {
        return redirectUri();
      },
    };

    const webSessions = createWebSessions(database);
    const accounts = createAccounts(database, webSessions);
    const firstPassword = createFirstPassword(settings.dataFolder);
    const hierarchy = createHierarchy(database);
    const events = createLiveEvents();
    const connections = createOpenConnections();
    closers.push(() => connections.stop());
    const places = createPlaces(settings.dataFolder);
    for (const uploads of Object.values(places.uploads)) rmSync(uploads, { recursive: true, force: true });
    const log = (message: string) => console.error(message);
    await recoverReplaced(places, log);
    const uploadParts = createUploadParts(places.uploadParts, log);
    closers.push(() => uploadParts.close());
    await uploadParts.clear();
    const links = createLinks(database, sealer, app, log);
    await links.resealAll();
    const pauses = createMarks(database, "paused");
    const folders = createDropboxFolders({ links, places, log });
    const restoredDeletions = createRestoredDeletions(database, log);
    const epochs = createEpochs(database);
    const activity = createActivityLog({ database, hierarchy, events, log });
    closers.push(() => activity.flush());
    const audit = createAuditLog({ database, days: settings.auditDays, log });
    closers.push(() => audit.close());
    await audit.prune();
    const bandwidth = createBandwidth(database);
    const sync = createSyncManager({
      ...{ links, pauses, hierarchy, folders, restoredDeletions, epochs, activity },
      ...{ bandwidth, events, places, dropboxUrl, log },
      rescanEvery: settings.rescanEvery,
    });
    const restoresUnderWay = createRestoresUnderWay();
    const alwaysOn = createAlwaysOn({ marks: createMarks(database, "always_on"), hierarchy, sync, restoresUnderWay });
    const catalogue = readCatalogue(settings.applicationsFile);
    const conflicts = createConflicts({ activity, links, places, sync, restoresUnderWay });
    const access = createApplicationAccess(accounts, connections);
    const applications = createApplications({
      ...{ database, hierarchy, places, sync, events, restoresUnderWay, catalogue, access },
      openControl: createApplicationControl({
        ...{ hierarchy, places, sync, conflicts, activity, bandwidth, restoresUnderWay, log },
      }),
      idleLimit: settings.idleStop,
    });
    const restores = createRestores({
      ...{ hierarchy, places, links, folders, sync, applications, activity, log },
      begun: createBegunRestores({ database, restoredDeletions, epochs }),
      underWay: restoresUnderWay,
    });
    closers.push(() => restores.closeAll());
    await restores.recover();
    const schedules = createSnapshotSchedules({ database, of: restores.of, restoresUnderWay, log });
    closers.push(() => schedules.close());
    const distributionNotices = createDistributionNotices({ database, hierarchy, events });
    const distributions = createDistributions({
      ...{ database, hierarchy, places, links, sync, restores, restoredDeletions, restoresUnderWay, events, log },
      ...{ activity, notices: distributionNotices },
    });
    const snapshots = createSnapshotContents(restores);
    const undo = createUndo({
      ...{ database, activity, hierarchy, links, places, sync, restoresUnderWay, snapshots, events, log },
    });
    const versions = createActivityVersions({ activity, links, places, snapshots });
    const permissions = createPermissions(database, hierarchy);
    const members = createMembers(database);
    const invitations = createInvitations(database, accounts);
    const deletions = createDeletions({
      ...{ database, hierarchy, places, uploadParts, restores, sync, folders, log },
    });
    const administration = createAdministration({
      database,
      hierarchy,
      members,
      applications,
      alwaysOn,
      deletions,
      sync,
      folders,
      events,
    });
    const web = createWebSession(accounts, webSessions, () => publicUrl);
    let applicationsUrl: string | null = null;
    const applicationOrigin = () => applicationOriginAt(applicationsUrl ?? "");
    const { trustedProxies } = settings;
    const http = await createHttpApp(
      {
        accounts,
        webSessions,
        firstPassword,
        hierarchy,
        permissions,
        members,
        invitations,
        administration,
        places,
        links,
        events,
        connections,
        bandwidth,
        sync,
        applications,
        access,
        applicationOrigin,
        catalogue,
        alwaysOn,
        web,
        restores,
        schedules,
        restoresUnderWay,
        activity,
        audit,
        undo,
        uploadParts,
        versions,
        conflicts,
        distributions,
        distributionNotices,
      },
      { pages: PAGES, trustedProxies, largestUpload: settings.largestUpload, begun: begun.promise },
    );

    await deletions.goOn();
    distributions.goOn();
    await undo.goOn();
    try {
      await http.listen({ host: settings.host, port: settings.port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      throw new StartError(
        EXIT.portTaken,
        `Port ${settings.port} is taken: set PORT to a free one, or stop what uses it`,
        error,
      );
    }
    const address = http.server.address();
    if (settings.publicUrl === undefined && typeof address === "object" && address !== null) {
      publicUrl = addressOf(settings.host, address.port);
      await localDropbox?.setRedirectUri(redirectUri());
    }
    // At the end, from the last to the first: applications, what they have changed, requests, then the stores.
    closers.push(() => http.close());
    closers.push(() => sync.closeAll());
    closers.push(() => applications.closeAll());
    closers.push(() => restores.letGo());
    closers.push(() => deletions.close());
    closers.push(() => distributions.close());
    closers.push(() => undo.close());
    if (catalogue.hasPages) {
      const app = await createApplicationsApp(
        { access, applications, applicationOrigin, connections, web, webSessions },
        { trustedProxies, begun: begun.promise },
      );
      closers.push(() => app.close());
      const listening = await listenForApplications(app, settings, publicUrl);
      closers.push(() => listening.close());
      applicationsUrl = listening.url;
    }
    await ensureFirstUser(database, settings.admin, firstPassword);
    await applications.resume();
    await alwaysOn.resumeAll();
    schedules.start();
    begun.resolve();
    return {
      url: publicUrl,
      applicationsUrl,
      firstPassword: firstPassword.read(),
      adminEmail: settings.admin.email,
      localDropbox,
      close,
    };
  } catch (error) {
    await close();
    if (error instanceof KeyFileError) throw new StartError(EXIT.usage, error.message, error);
    throw error;
  }
}

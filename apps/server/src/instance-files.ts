import { mkdir } from "node:fs/promises";
import type { Area } from "@twinfold/api";
import { type FolderFiles, openFolderFiles } from "@twinfold/workspaces";
import type { FastifyRequest } from "fastify";
import type { PlatformActivity } from "./activity-log.ts";
import { checkEditor, checkStillEditor } from "./hierarchy.ts";
import type { Services } from "./services.ts";
import { openWorkspaceFiles } from "./workspace-files.ts";

/** The files of an instance or of a user, as far as whoever asks may see and change them. */
export function instanceFiles({ web, hierarchy, places, sync, restoresUnderWay, activity }: Services) {
  async function asked(request: FastifyRequest, instanceId: string, area: Area) {
    const { user } = await web.login(request);
    const instance = await hierarchy.instance(user.id, instanceId);
    if (request.method !== "GET" && area === "workspace") {
      checkEditor(instance);
      restoresUnderWay.check(instance.id);
    }
    const path = area === "workspace" ? places.files(instance.id) : places.personal(user.id);
    await mkdir(path, { recursive: true });
    const checkStillIn = () => web.checkStillIn(request);
    if (area === "personal") {
      const deleted = places.deleted("personal", user.id);
      return { user, folder: openFolderFiles(path, places.uploads.personal, deleted, checkStillIn) };
    }
    const files = openWorkspaceFiles(places, instance.id, async () => {
      await checkStillIn();
      checkStillEditor(await hierarchy.roleIn(user.id, instance.id));
      restoresUnderWay.check(instance.id);
    });
    return {
      user,
      folder: noted(files, {
        note: (one) => activity.note(user.id, instance.id, one),
        lossIsOver: (keptAs, how) => activity.lossIsOver(instance.id, keptAs, how),
      }),
    };
  }

  return {
    /** The files, and who asks for them. */
    asked,
    files: async (...parts: Parameters<typeof asked>): Promise<FolderFiles> => (await asked(...parts)).folder,
    /** The sessions there look at once. @returns the answer */
    changed(instanceId: string, area: Area, ...paths: string[]) {
      if (area === "workspace") sync.announce(instanceId, paths);
      return {};
    },
  };
}

/** What is changed through it is noted once it is done. */
function noted(
  files: FolderFiles,
  {
    note,
    lossIsOver,
  }: {
    readonly note: (one: PlatformActivity) => void;
    readonly lossIsOver: (keptAs: string, how: "undone" | "for good") => Promise<void>;
  },
): FolderFiles {
  async function replace(...[path, ...how]: Parameters<FolderFiles["replace"]>) {
    const done = await files.replace(path, ...how);
    const { keptAs } = done;
    note({ action: "upload", path, ...(keptAs === null ? {} : { keptAs, reason: "it replaced what was there" }) });
    return done;
  }

  return {
    ...files,
    replace,
    write: async (path, content, over) => (await replace(path, content, over)).version,
    async createFolder(path) {
      await files.createFolder(path);
      note({ action: "create folder", path });
    },
    async move(from, to) {
      await files.move(from, to);
      note({ action: "move", path: to, from });
    },
    async remove(path, over) {
      const id = await files.remove(path, over);
      note({ action: "delete", path, keptAs: id });
      return id;
    },
    async bringBack(id) {
      const path = await files.bringBack(id);
      note({ action: "bring back", path, reason: "deleted or replaced before on the Files page" });
      await lossIsOver(id, "undone");
      return path;
    },
    async forget(id) {
      await files.forget(id);
      await lossIsOver(id, "for good");
    },
  };
}

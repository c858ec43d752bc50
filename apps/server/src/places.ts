import { join } from "node:path";
import type { Area } from "@twinfold/api";
import type { StateFolder } from "@twinfold/session";

/** Where things lie in the data folder. Ids are the server's own, so that no name of a user's becomes a path. */
export function createPlaces(dataFolder: string) {
  const personal = (userId: string) => join(dataFolder, "personal", userId);
  const files = join(dataFolder, "files");
  const allDeleted = (area: Area) => join(area === "workspace" ? files : join(dataFolder, "personal"), ".deleted");
  return {
    everything: dataFolder,
    /** An instance's files: `/files` of its applications. */
    files: (instanceId: string) => join(files, instanceId),
    /** The snapshots of an instance's files: on the same file system, so that contents can be cloned and moved. */
    allSnapshots: join(files, ".snapshots"),
    snapshots: (instanceId: string) => join(files, ".snapshots", instanceId),
    /** What is under way of distributions: on the same file system for the same reason. */
    allDistributions: join(files, ".distributions"),
    distribution: (id: string) => join(files, ".distributions", id),
    /** A user's own files: her home. */
    personal,
    /** What is still coming in, on the file system that it goes to; nothing here outlives the server. */
    uploads: { workspace: join(files, ".uploads"), personal: join(dataFolder, "personal", ".uploads") },
    /** What has come of uploads that go on where they stopped, also after the server has ended. */
    uploadParts: join(dataFolder, "upload-parts"),
    /** What an application has at /tmp; gone when it ends, and all of it when the server starts. */
    allTemporary: join(dataFolder, "tmp"),
    temporary: (name: string) => join(dataFolder, "tmp", name),
    /** Of all owners of an area: what of each has its id as its name. */
    allDeleted,
    /** What was deleted and can be brought back, on the file system that it comes from. */
    deleted: (area: Area, ownerId: string) => join(allDeleted(area), ownerId),
    /**
     * What the engine has observed; deleting it while nothing runs is safe (SPEC 1.1, R9). It lies where its user's applications
     * may do what they like with it, so what SQLite opens by path has a place beside, on the same file system.
     */
    engineState: (userId: string, instanceId: string): StateFolder => ({
      root: personal(userId),
      names: [".local", "share", "twinfold", instanceId],
      rootIs: "your personal files (Files, Personal, Show hidden files)",
      work: join(dataFolder, "personal", ".engine", userId, instanceId),
    }),
  };
}

export type Places = ReturnType<typeof createPlaces>;

import { describe } from "vitest";
import { batchContract } from "./remote-contract/batches.ts";
import { changesContract } from "./remote-contract/changes.ts";
import { copyContract } from "./remote-contract/copies.ts";
import { fetchingContract } from "./remote-contract/fetching.ts";
import { sessionFolderContract } from "./remote-contract/session-folder.ts";
import { type RemoteUnderTest, speakTo } from "./remote-contract/speech.ts";
import { structureContract } from "./remote-contract/structure.ts";
import { uploadContract } from "./remote-contract/uploads.ts";

/** What any remote must do. `makeRemote` is called before each test and gives a folder that is not there yet. */
export function remoteContract(name: string, makeRemote: () => Promise<RemoteUnderTest>): void {
  describe(`${name} keeps the contract of a remote`, () => {
    const speech = speakTo(makeRemote);
    sessionFolderContract(speech);
    uploadContract(speech);
    copyContract(speech);
    structureContract(speech);
    batchContract(speech);
    changesContract(speech);
    fetchingContract(speech);
  });
}

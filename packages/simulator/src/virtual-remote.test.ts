import { contentHash } from "@twinfold/dropbox-rules";
import { type ContentHash, systemClock } from "@twinfold/engine";
import { remoteContract } from "@twinfold/engine/testing/remote-contract.ts";
import { SeededRandomness } from "./seeded-randomness.ts";
import { inUpperCase } from "./spelling.ts";
import { VirtualDropbox } from "./virtual-dropbox.ts";
import { VirtualRemote } from "./virtual-remote.ts";

const hash = (content: Uint8Array) => contentHash(content) as ContentHash;
const close = async () => undefined;

remoteContract("The virtual remote", async () => {
  const dropbox = new VirtualDropbox();
  const options = { clock: systemClock, folder: "Org/Space/Instance" };
  return { remote: new VirtualRemote(dropbox, options), other: new VirtualRemote(dropbox, options), hash, close };
});

remoteContract("The virtual remote with pages of one and two, odd spellings and moves in any order", async () => {
  const randomness = new SeededRandomness(7);
  const dropbox = new VirtualDropbox({ randomness });
  const options = {
    clock: systemClock,
    folder: "Org/Space/Instance",
    pageSize: () => 1 + randomness.below(2),
    batchSize: () => 1 + randomness.below(3),
    spellParents: (parents: string) => (randomness.chance(0.5) ? inUpperCase(parents) : parents),
    pieceSize: 7,
  };
  return { remote: new VirtualRemote(dropbox, options), other: new VirtualRemote(dropbox, options), hash, close };
});

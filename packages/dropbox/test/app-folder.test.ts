import { expect, test } from "vitest";
import { parseRemotePath } from "../src/index.ts";
import { folderMetadata, refusal, type ScriptedDropbox, startScriptedDropbox } from "./scripted-dropbox.ts";
import { accountAt } from "./speaking.ts";
import { TestClock } from "./test-clock.ts";

const at = parseRemotePath;
const DONE = { json: { metadata: folderMetadata("/B") } };
const accountOf = (dropbox: ScriptedDropbox) => accountAt(dropbox.url, { clock: new TestClock("hasty") });
const moves = (dropbox: ScriptedDropbox) =>
  dropbox.callsOf("files/move_v2").map(({ argument }) => `${argument.from_path} > ${argument.to_path}`);

test.each([
  ["moved", DONE],
  ["absent", refusal("from_lookup/not_found")],
  ["occupied", refusal("to/conflict/folder")],
] as const)("a folder that is to be moved was %s", async (outcome, answer) => {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/move_v2", () => answer);
  expect(await accountOf(dropbox).moveFolder(at("/A"), at("/B"))).toBe(outcome);
  expect(moves(dropbox)).toEqual(["/A > /B"]);
});

test("a move that Dropbox does not allow is told as such", async () => {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/move_v2", () => refusal("to/no_write_permission"));
  await expect(accountOf(dropbox).moveFolder(at("/A"), at("/B"))).rejects.toMatchObject({ code: "refused" });
});

test("a change of case goes by way of another name, also where an earlier try has ended there", async () => {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/move_v2", () => DONE);
  expect(await accountOf(dropbox).moveFolder(at("/a"), at("/A"))).toBe("moved");
  expect(moves(dropbox)).toEqual(["/a > /A (being renamed)", "/A (being renamed) > /A"]);

  const broken = await startScriptedDropbox();
  broken.on("files/move_v2", ({ argument }) => (argument.from_path === "/a" ? refusal("from_lookup/not_found") : DONE));
  expect(await accountOf(broken).moveFolder(at("/a"), at("/A"))).toBe("moved");
});

test("a folder that is to be deleted and is not there is no error", async () => {
  const dropbox = await startScriptedDropbox();
  dropbox.on("files/delete_v2", ({ argument }) =>
    argument.path === "/A" ? { json: { metadata: folderMetadata("/A") } } : refusal("path_lookup/not_found"),
  );
  const account = accountOf(dropbox);
  expect([await account.removeFolder(at("/A")), await account.removeFolder(at("/B"))]).toEqual([true, false]);
});

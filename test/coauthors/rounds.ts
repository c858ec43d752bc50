import { setTimeout as sleep } from "node:timers/promises";
import { describeAction, NastyUser } from "../torture/actions.ts";
import { accountForContents } from "../torture/invariants.ts";
import type { Tree } from "../torture/tree.ts";
import { type CoAuthor, type Company, FOLDER } from "./company.ts";

/** How long all of them may take to come together, in seconds, and how much longer for each of them. */
const PATIENCE = 60;
const PATIENCE_EACH = 10;
const PAUSES = [0, 0, 5, 20, 100, 300];

/** What each round tells: sentences of what did not hold, and what was done in it. */
export interface Told {
  readonly violations: readonly string[];
  readonly steps: readonly string[];
}

const patience = (company: Company) => PATIENCE + PATIENCE_EACH * company.members.length;

/**
 * On disk and in each Dropbox something happens all the time; `leaving` is taken out in the midst of it. Then all of them have
 * the same, and nothing of what anybody wrote is lost.
 */
export async function randomEdits(company: Company, actions: number, leaving: CoAuthor | null = null): Promise<Told> {
  const steps: string[] = [];
  const began = performance.now();
  const note = (who: string, what: string) =>
    void steps.push(`${((performance.now() - began) / 1000).toFixed(2)} ${who}: ${what}`);

  async function onDisk(): Promise<void> {
    const random = company.random.fork();
    const user = new NastyUser(random.fork(), company.contents);
    for (let done = 0; done < actions; done++) {
      const action = user.next(company.disk.tree(), false);
      note("disk", `${describeAction(action)} (${company.disk.act(action)})`);
      await sleep(random.pick(PAUSES));
    }
  }
  async function inDropbox({ name, user }: CoAuthor): Promise<void> {
    const random = company.random.fork();
    const nasty = new NastyUser(random.fork(), company.contents);
    for (let done = 0; done < actions; done++) {
      const tree = (await user.tree()) ?? new Map();
      const action = nasty.next(tree, false);
      note(name, `${describeAction(action)} (${await user.act(action, tree)})`);
      await sleep(random.pick(PAUSES));
    }
  }

  const everythingOf = async (one: CoAuthor) =>
    [...(await one.api.everything())].map((each) => JSON.stringify(each)).join("\n");
  let hers = "";
  const leaves = async () => {
    if (leaving === null) return;
    while (steps.length < actions / 2) await sleep(5);
    await company.remove(leaving);
    note(leaving.name, "is removed");
    hers = await unchanging(() => everythingOf(leaving));
  };
  const others = company.members.filter((one) => one !== leaving);
  await Promise.all([onDisk(), ...others.map(inDropbox), leaves()]);
  await company.disk.finished();

  const { tree, violations } = await company.rest(patience(company));
  const found = [...violations, ...twiceTheSame(company, tree)];
  if (violations.length === 0) found.push(...(await lost(company, tree)));
  if (leaving !== null && (await everythingOf(leaving)) !== hers)
    found.push(`the Dropbox of ${leaving.name} has changed after she was removed`);
  return { violations: found, steps };
}

/** What her engine had asked for when it was killed may be done in Dropbox still, in the next moments; milliseconds. */
const AFTERWARDS = 3_000;

async function unchanging(look: () => Promise<string>): Promise<string> {
  let seen = await look();
  for (let tries = 0; tries < 10; tries++) {
    await sleep(AFTERWARDS);
    const now = await look();
    if (now === seen) break;
    seen = now;
  }
  return seen;
}

/** What everybody has is at rest: no content goes anywhere, and no Dropbox gets a version. */
export async function nothingEchoes(company: Company): Promise<string[]> {
  await company.takeRequests();
  company.forgetVersions();
  for (let look = 0; look < 2; look++) for (const { engine } of company.members) await engine.rests(30);
  const wrote = [...(await company.takeRequests())].filter(([route]) =>
    /upload|download|copy|move|delete|create_folder/.test(route),
  );
  return [
    ...wrote.map(([route, times]) => `${route} was asked for ${times} times though nothing happens`),
    ...company.members.flatMap(({ name, versions }) => [...versions.keys()].map((path) => `${name} got ${path} again`)),
  ];
}

/** Each puts one file into her own Dropbox. It comes to disk once, and from there once to every other. */
export async function oneFileEach(company: Company): Promise<string[]> {
  await company.takeRequests();
  company.forgetVersions();
  const { members, contents, ledger } = company;
  const paths = members.map(({ name }) => `one file each/of ${name}.txt`);
  await members[0]?.api.mkdir("one file each");
  const { violations } = await company.rest(patience(company));
  await Promise.all(
    members.map(async ({ api, name }, index) => {
      const { bytes, hash } = contents.known(Buffer.from(`the file of ${name}`), `the file of ${name}`);
      await api.upload(paths[index] ?? "", bytes);
      ledger.owe(hash);
    }),
  );
  const after = await company.rest(patience(company));
  const found = [...violations, ...after.violations];
  for (const path of paths) if (!after.tree.has(path)) found.push(`${path} is not on disk`);
  for (const { name, versions } of members)
    for (const path of paths)
      if (versions.get(path) !== 1) found.push(`${name} got ${versions.get(path) ?? 0} versions of ${path}`);
  // Twelve for each that a session has to say of a file, were all said by itself; an echo has no end.
  const requests = [...(await company.takeRequests()).values()].reduce((sum, one) => sum + one, 0);
  const most = 12 * members.length * members.length + 20 * members.length;
  if (requests > most) found.push(`${requests} requests for ${members.length} files of as many: more than ${most}`);
  return found;
}

/** Each edits the same file in her own Dropbox, before anybody can have seen another's edit: each version is there once. */
export async function oneConflict(company: Company): Promise<string[]> {
  const { members, contents, ledger } = company;
  const write = async ({ api }: CoAuthor, label: string) => {
    const { bytes, hash } = contents.known(Buffer.from(label), label);
    await api.upload("conflict/paper.txt", bytes);
    ledger.owe(hash);
  };
  const [first] = members;
  if (first === undefined) return ["nobody is there"];
  await write(first, "what they all begin with");
  const before = await company.rest(patience(company));
  for (const { engine } of members) await engine.command("pause");
  ledger.giveUp(contents.known(Buffer.from("what they all begin with"), "").hash);
  for (const one of members) await write(one, `the paper of ${one.name}`);
  for (const { engine } of members) await engine.command("resume");
  const { tree, violations } = await company.rest(patience(company));
  const versions = [...tree].filter(([path, hash]) => path.startsWith("conflict/") && hash !== null);
  const labels = versions.map(([, hash]) => contents.labelOf(hash ?? "")).sort();
  const wanted = members.map(({ name }) => `the paper of ${name}`).sort();
  const told = versions.map(([path]) => path).join(", ");
  return [
    ...before.violations,
    ...violations,
    ...(labels.join() === wanted.join()
      ? []
      : [`of ${wanted.length} versions there are ${labels.join(", ")}: ${told}`]),
    ...(tree.has("conflict/paper.txt") ? [] : ["no version has the name"]),
  ];
}

/** Whether `path` is the name that a conflict gave to what had been named `of`, or lies in a folder to which it gave one. */
function isCopyOf(path: string, of: string): boolean {
  const words = [...path.matchAll(/ \([^()/]*'s conflicted copy [^()/]*\)/g)];
  return words.some(({ 0: { length }, index }) => path.slice(0, index) + path.slice(index + length) === of);
}

/** One conflict makes one copy: no two beside each other say the same of one file. */
function twiceTheSame({ contents }: Company, tree: Tree): string[] {
  const seen = new Map<string, string>();
  const found: string[] = [];
  for (const [path, hash] of tree) {
    if (hash === null || !path.includes("conflicted copy")) continue;
    const original = path.replaceAll(/ \([^()]*'s conflicted copy [^()]*\)/g, "");
    const key = `${original} ${hash}`;
    const other = seen.get(key);
    // What a copy stands beside is no second copy: that was one conflict, if one of two that hold the same.
    if (other !== undefined && !isCopyOf(path, other) && !isCopyOf(other, path))
      found.push(`"${contents.labelOf(hash)}" has two conflict copies: ${other} and ${path}`);
    seen.set(key, path);
  }
  return found;
}

/** Where is what anybody finished writing? With all of them, or in somebody's history of a name that was given up. */
async function lost(company: Company, tree: Tree): Promise<readonly string[]> {
  let missing: readonly string[] = [];
  for (const { api, files } of company.members) {
    const inside = "/org/space/master/";
    const keys = [...(await api.everything()).keys()]
      .filter((key) => key.startsWith(inside))
      .map((key) => key.slice(inside.length));
    const accounted = await accountForContents(company.ledger, tree, keys, files, FOLDER, company.contents);
    missing = accounted.violations;
  }
  return missing;
}

import { contentHash } from "@twinfold/dropbox-rules";
import { expect, test } from "vitest";
import { type Child, startChild } from "./crash-parent.ts";
import { type Client, readAll, temporaryFolder } from "./harness.ts";

/** Every file with the hash that its content really has. */
async function contents(client: Client): Promise<string> {
  const { entries } = await readAll(client, await client.ok("files/list_folder", { path: "", recursive: true }));
  const files = entries
    .filter((entry) => entry[".tag"] === "file")
    .sort((a, b) => (a.path_lower < b.path_lower ? -1 : 1));
  const lines = [];
  for (const { path_lower, id } of files)
    lines.push(`${path_lower} ${contentHash((await client.download("files/download", { path: id })).bytes)}`);
  return lines.join("\n");
}

function control({ url }: Child, name: string, body: unknown): Promise<Response> {
  return fetch(`${url}/__control/${name}`, { method: "POST", body: JSON.stringify(body) });
}

test("a server that is killed while it resets, or saves, has the one state or the other, whole", {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  let child = await startChild(folder);
  const states: Record<string, string> = {};
  for (const [name, seed] of [
    ["one", 1],
    ["two", 2],
  ] as const) {
    await child.client.rpc("files/delete_v2", { path: "/old" });
    const large = { [`large ${name}`]: 150_000 };
    const seeds = [{ files: 300, size: 50, folders: 3, seed }, { tree: { old: large } }];
    for (const what of seeds)
      await control(child, "seed", { accountId: child.accountId, path: child.appFolder, ...what });
    await control(child, "snapshot", { name });
    states[name] = await contents(child.client);
  }
  expect(states.one).not.toBe(states.two);
  const met = new Set<string>();
  // Killed later each time, by half of the time before, until it was too early once and too late once: on a busy machine that is late.
  for (let round = 0; round < 6 || met.size < 2; round++) {
    const asked = Promise.allSettled([
      control(child, "reset", { name: "one" }),
      control(child, "snapshot", { name: "three" }),
    ]);
    await new Promise((resolve) => setTimeout(resolve, round === 0 ? 0 : 4 * 1.5 ** (round - 1)));
    await child.kill();
    const [reset] = await asked;
    child = await startChild(folder);
    const now = await contents(child.client);
    const state = Object.keys(states).find((one) => states[one] === now);
    expect(state).toBeDefined();
    if (reset?.status === "fulfilled") expect(state).toBe("one");
    met.add(String(state));
    expect((await control(child, "reset", { name: "two" })).status).toBe(200);
    expect(await contents(child.client)).toBe(states.two);
  }
  await child.kill();
});

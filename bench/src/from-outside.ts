import { setTimeout as sleep } from "node:timers/promises";
import type { Snapshot } from "@twinfold/api";
import { contentHash } from "@twinfold/dropbox-rules";
import { callerOf } from "../../apps/server/test/caller.ts";
import { linkAs } from "../../apps/server/test/link-as.ts";
import { invite, json, unitIds } from "../../apps/server/test/people.ts";
import { startWithNamedDropbox } from "../../test/pages/named-dropbox.ts";
import { row, secondsInWords } from "./rows.ts";

const FOLDER = "/Apps/Twinfold/Analytical Engines/First Space/Master";
const RUNS = 20;
/** Milliseconds between two looks at what a Dropbox has. */
const LOOK = 5;

/**
 * How long what the platform or a co-author changes takes to be in the Dropboxes of two co-authors, with the local Dropbox as
 * slow as Dropbox is.
 */
export async function fromOutside(): Promise<void> {
  const world = await startWithNamedDropbox({ profile: "typical" });
  try {
    const call = callerOf(world.server);
    await call("POST", "/api/login", world.server.user);
    const units = await unitIds({ call });
    const master = units.get("First Space/Master") ?? "";
    const source = units.get("First Space/Distributed") ?? "";
    const grace = await invite({ call }, "instance", master, "grace@example.org", "instance editor");
    const [hers, his] = world.accounts;
    for (const [person, account] of [
      [{ call }, hers],
      [grace, his],
    ] as const) {
      await linkAs(world.server, world.dropbox(), person, { ...account, name: account.email });
      await person.call("POST", `/api/instances/${master}/always-on`, { on: true });
    }
    const post = <T>(path: string, body: unknown) => json<T>(call("POST", path, body));
    const put = (instance: string, path: string, content: string) =>
      call("PUT", `/api/instances/${instance}/file?area=workspace&path=${path}`, content);
    /** Seconds until both have it. */
    const untilBothHave = async (path: string, content: string) => {
      const wanted = contentHash(Buffer.from(JSON.stringify(content)));
      const began = performance.now();
      for (const { email } of world.accounts)
        for (;;) {
          const found = await world.dropbox().accountFiles(email).get(`${FOLDER}/${path}`);
          if (found?.kind === "file" && found.contentHash === wanted) break;
          if (performance.now() - began > 60_000)
            throw new Error(`${path} is not in the Dropbox of ${email} after a minute`);
          await sleep(LOOK);
        }
      return (performance.now() - began) / 1000;
    };
    const measure = async (what: string, act: (round: string) => Promise<readonly [path: string, content: string]>) => {
      const all: number[] = [];
      // The first is not counted: it may wait for what was done before.
      for (let run = 0; run <= RUNS; run++) {
        const seconds = await untilBothHave(...(await act(`${what} ${run}`)));
        if (run > 0) all.push(seconds);
      }
      row(`${what}, until in both Dropboxes`, secondsInWords(all), "3 s");
    };

    await measure("uploaded on the pages", async (round) => {
      await put(master, "uploaded", round);
      return ["uploaded", round];
    });
    await measure("put into a co-author's Dropbox", async (round) => {
      const content = (async function* () {
        yield Buffer.from(JSON.stringify(round));
      })();
      await world.dropbox().accountFiles(hers.email).upload(`${FOLDER}/shared`, content, { ifExists: "overwrite" });
      return ["shared", round];
    });
    await measure("distributed", async (round) => {
      await put(source, "given", round);
      await post(`/api/instances/${source}/distributions`, {
        paths: ["given"],
        strategy: "overwrite",
        targets: [master],
      });
      return ["given", round];
    });
    await put(master, "restored", "then");
    const { id } = await post<Snapshot>(`/api/instances/${master}/snapshots`, { note: "then" });
    await measure("restored", async (round) => {
      await put(master, "restored", round);
      await untilBothHave("restored", round);
      await post(`/api/instances/${master}/snapshots/${id}/restore`, { paths: ["restored"] });
      return ["restored", "then"];
    });
  } finally {
    await world.dispose();
  }
}

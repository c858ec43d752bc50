import { createHash, randomBytes } from "node:crypto";
import type { BrowserContext } from "playwright-core";
import { z } from "zod";

const entry = z.object({ ".tag": z.enum(["file", "folder", "deleted"]), path_display: z.string() });
const listing = z.object({ entries: z.array(entry), cursor: z.string(), has_more: z.boolean() });

/** Another client of the same Dropbox account, by the API: what a user's laptop would be. Paths are in the app folder. */
export interface OtherClient {
  /** Every path, folders with a slash at the end, sorted. */
  paths(): Promise<string[]>;
  read(path: string): Promise<string | null>;
  write(path: string, content: string): Promise<void>;
  createFolder(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/**
 * Connects one, by hand as it were: the account's owner, logged in in this browser, allows it and copies the code.
 * `appKey` names the app whose folder it works in.
 */
export async function connectOtherClient(
  context: BrowserContext,
  dropboxUrl: string,
  appKey: string,
): Promise<OtherClient> {
  const verifier = randomBytes(48).toString("base64url");
  const page = await context.newPage();
  await page.goto(
    `${dropboxUrl}/oauth2/authorize?${new URLSearchParams({
      client_id: appKey,
      response_type: "code",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    })}`,
  );
  await page.getByRole("button", { name: "Allow" }).click();
  const code = await page.getByLabel("Code").inputValue();
  await page.close();
  const answer = await fetch(`${dropboxUrl}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({ grant_type: "authorization_code", code, client_id: appKey, code_verifier: verifier }),
  });
  const { access_token } = z.object({ access_token: z.string() }).parse(await answer.json());
  const authorization = `Bearer ${access_token}`;

  async function rpc(route: string, argument: unknown): Promise<unknown> {
    const answer = await fetch(`${dropboxUrl}/2/${route}`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify(argument),
    });
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  return {
    async paths() {
      let page = listing.parse(await rpc("files/list_folder", { path: "", recursive: true }));
      const found = [...page.entries];
      while (page.has_more) {
        page = listing.parse(await rpc("files/list_folder/continue", { cursor: page.cursor }));
        found.push(...page.entries);
      }
      return found.map((one) => one.path_display + (one[".tag"] === "folder" ? "/" : "")).sort();
    },
    async read(path) {
      const answer = await fetch(`${dropboxUrl}/2/files/download`, {
        method: "POST",
        headers: { authorization, "dropbox-api-arg": JSON.stringify({ path }) },
      });
      if (answer.status === 409) return null;
      if (!answer.ok) throw new Error(`download: ${answer.status} ${await answer.text()}`);
      return answer.text();
    },
    async write(path, content) {
      const answer = await fetch(`${dropboxUrl}/2/files/upload`, {
        method: "POST",
        headers: {
          authorization,
          "content-type": "application/octet-stream",
          "dropbox-api-arg": JSON.stringify({ path, mode: "overwrite" }),
        },
        body: content,
      });
      if (!answer.ok) throw new Error(`upload: ${answer.status} ${await answer.text()}`);
    },
    async createFolder(path) {
      await rpc("files/create_folder_v2", { path });
    },
    async move(from, to) {
      await rpc("files/move_v2", { from_path: from, to_path: to });
    },
    async remove(path) {
      await rpc("files/delete_v2", { path });
    },
  };
}

#!/usr/bin/env node
import { startServer } from "./server.ts";
import { StartError } from "./server-error.ts";
import { readSettings } from "./settings.ts";

/** How long a graceful end may take, in milliseconds. */
const END_WITHIN = 20_000;

const SECRETS = ["TWINFOLD_ADMIN_PASSWORD", "DROPBOX_APP_SECRET", "DATABASE_URL"];

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  // Read, and from now on nobody's to find here.
  for (const secret of SECRETS) delete process.env[secret];
  const server = await startServer(settings);
  const lines = ["", `  Twinfold is at     ${server.url}`];
  if (server.firstPassword !== null) {
    lines.push(`  Log in as          ${server.firstPassword.email}`);
    lines.push(`  with the password  ${server.firstPassword.password}   (told until the first login)`);
  } else lines.push(`  Log in as          ${server.adminEmail}   (or as another of its users)`);
  if (server.applicationsUrl !== null) lines.push(`  Applications are   ${server.applicationsUrl}`);
  if (server.localDropbox !== null) {
    const { url, email, password } = server.localDropbox;
    lines.push("", `  The local Dropbox  ${url}`, `  its account        ${email}`, `  its password       ${password}`);
  }
  lines.push("", "  Ctrl-C ends it.", "");
  console.log(lines.join("\n"));

  let ending = false;
  const end = () => {
    if (ending) process.exit(1);
    ending = true;
    setTimeout(() => process.exit(1), END_WITHIN).unref();
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

main().catch((error: unknown) => {
  if (error instanceof StartError) {
    console.error(error.message);
    process.exit(error.exitCode);
  }
  console.error(error);
  process.exit(1);
});

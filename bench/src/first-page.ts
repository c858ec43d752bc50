import { openBrowser, visit } from "../../test/pages/chromium.ts";
import { fillLogin } from "../../test/pages/log-in.ts";
import { type ServerProcess, startServerProcess } from "../../test/pages/server-process.ts";
import { row, secondsInWords } from "./rows.ts";

/** Of each line: a server takes ten logins a minute from one address. */
const RUNS = 5;
/** A line as one has at home: bytes a second, and milliseconds of a round trip. */
const HOME = { throughput: 2_500_000, latency: 40 };

/** Each in seconds: the login page from its address, the first page from the login's first letter. */
interface Shown {
  readonly login: number;
  readonly first: number;
}

/** How long a person waits until something is there to read, with nothing in her browser's cache. */
export async function firstPage(): Promise<void> {
  const server = await startServerProcess();
  const browser = await openBrowser();
  try {
    for (const [line, of] of [
      ["on the machine itself", null],
      [`${(HOME.throughput * 8) / 1e6} Mbit/s, ${HOME.latency} ms`, HOME],
    ] as const) {
      const all: Shown[] = [];
      for (let run = 0; run < RUNS; run++) all.push(await shown(browser, server, of));
      row(`login page shown, ${line}`, secondsInWords(all.map(({ login }) => login)), "1 s");
      row(`first page shown, ${line}`, secondsInWords(all.map(({ first }) => first)), "1 s");
    }
  } finally {
    await browser.close();
    await server.dispose();
  }
}

async function shown(
  browser: Awaited<ReturnType<typeof openBrowser>>,
  server: ServerProcess,
  line: typeof HOME | null,
): Promise<Shown> {
  const { context, page } = await visit(browser);
  if (line !== null) {
    const debug = await context.newCDPSession(page);
    const { throughput, latency } = line;
    const conditions = { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput };
    await debug.send("Network.emulateNetworkConditions", conditions);
  }
  const began = performance.now();
  await page.goto(`${server.url}/login`, { waitUntil: "commit" });
  await page.getByRole("button", { name: "Log in" }).waitFor();
  const login = (performance.now() - began) / 1000;
  const asked = performance.now();
  await fillLogin(page, server.user);
  await page.getByRole("button", { name: "Start", exact: true }).first().waitFor();
  const first = (performance.now() - asked) / 1000;
  await context.close();
  return { login, first };
}

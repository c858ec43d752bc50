import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What stands between a browser and the server: it counts what goes up, and cuts it off. */
export interface CutOff {
  readonly port: number;
  /** Bytes that browsers have sent since the beginning, requests and all. */
  sent(): number;
  /** Cuts all connections at once when so many bytes have gone from now on, and takes none until `mend`. @returns when it has */
  cutAfter(bytes: number): Promise<void>;
  mend(): void;
  /** Keeps back the last byte of the answer to a request with these words, and cuts its connection. @returns when it has */
  breakAnswerTo(words: string): Promise<void>;
  close(): Promise<void>;
}

/** @param rate bytes a second, so that there is something to cut. @param to the server's port */
export async function startCutOff(to: number, rate: number): Promise<CutOff> {
  const open = new Set<Socket>();
  let sent = 0;
  let cut = false;
  let reached: { readonly at: number; readonly then: () => void } | null = null;

  let broken: { readonly words: string; readonly then: () => void } | null = null;

  const cutAll = () => {
    cut = true;
    for (const one of open) one.destroy();
  };
  const server = createServer((browser) => {
    if (cut) return void browser.destroy();
    const behind = connect(to, "127.0.0.1");
    for (const one of [browser, behind]) {
      open.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        open.delete(one);
        browser.destroy();
        behind.destroy();
      });
    }
    let breaks: (() => void) | null = null;
    behind.on("data", (chunk) => {
      if (breaks === null) return void browser.write(chunk);
      // Where nothing of an answer has come, a browser sends the request again by itself.
      browser.end(chunk.subarray(0, -1));
      breaks();
    });
    browser.on("data", (chunk) => {
      if (broken !== null && chunk.includes(broken.words)) {
        breaks = broken.then;
        broken = null;
      }
      sent += chunk.length;
      behind.write(chunk);
      browser.pause();
      setTimeout(() => browser.resume(), (chunk.length / rate) * 1000);
      if (reached === null || sent < reached.at) return;
      cutAll();
      reached.then();
      reached = null;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sent: () => sent,
    cutAfter: (bytes) =>
      new Promise((then) => {
        reached = { at: sent + bytes, then };
      }),
    mend() {
      cut = false;
    },
    breakAnswerTo: (words) =>
      new Promise((then) => {
        broken = { words, then };
      }),
    close() {
      cutAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

import { vi } from "vitest";

const PATIENCE = { timeout: 60_000, interval: 30 };

export interface Ran {
  readonly code: number;
  /** What it printed, on either stream. */
  readonly out: string;
}

/** Somebody at the terminal of her application, by its websocket, as the page does. */
export async function openShell(server: { readonly url: string }, cookie: string, applicationId: string) {
  const address = `${server.url.replace(/^http/, "ws")}/api/applications/${applicationId}/terminal`;
  const socket = new WebSocket(address, { headers: { cookie } } as unknown as string[]);
  socket.binaryType = "arraybuffer";
  let shown = "";
  socket.addEventListener("message", ({ data }) => {
    shown += Buffer.from(data as ArrayBuffer).toString("utf8");
  });
  await new Promise((done, fail) => {
    socket.addEventListener("open", done);
    socket.addEventListener("error", fail);
  });
  socket.send(JSON.stringify({ columns: 250, rows: 50 }));
  let commands = 0;
  return {
    /** Runs one line to its end. */
    async run(line: string): Promise<Ran> {
      if (socket.readyState !== WebSocket.OPEN) throw new Error("the terminal is closed");
      const mark = `mark-${++commands}`;
      const begin = shown.length;
      // The quotes tell what is printed from what is typed.
      socket.send(Buffer.from(`echo ${mark}-"begins"; ${line}; echo ${mark}-"ends"-$?-\n`));
      const found = await vi.waitFor(() => {
        const match = new RegExp(`${mark}-begins\\r\\n(.*)${mark}-ends-(\\d+)-`, "s").exec(shown.slice(begin));
        if (match === null) throw new Error(`not at its end: ${shown.slice(begin)}`);
        return match;
      }, PATIENCE);
      return { out: (found[1] ?? "").replaceAll("\r\n", "\n").replaceAll("\r\x1b[K", ""), code: Number(found[2]) };
    },
    close: () => socket.close(),
  };
}

export type Shell = Awaited<ReturnType<typeof openShell>>;

import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { send } from "../src/http/reply.ts";

/** More than a connection takes before it is read. */
const PIECES = 64;

test("an answer to somebody who went away while it was made ends: a server that is to end would wait for it", async () => {
  const server = createServer();
  onTestFinished(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nHost: here\r\n\r\n");
  const [, response] = (await once(server, "request")) as [unknown, ServerResponse];
  client.destroy();
  await once(response, "close");
  async function* content() {
    for (let piece = 0; piece < PIECES; piece++) yield Buffer.alloc(1024 * 1024);
  }
  const sent = send(response, { status: 200, headers: {}, body: { length: PIECES * 1024 * 1024, content: content() } });
  expect(await Promise.race([sent.then(() => "ended"), setTimeout(5_000, "waits for ever")])).toBe("ended");
});

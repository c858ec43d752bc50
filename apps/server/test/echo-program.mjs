// A small program with pages, as an operator may add one: says what it was asked, echoes over websockets, and can crash.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const [, , at] = process.argv;
const server = createServer(async (request, response) => {
  if (request.headers["x-secret"] !== process.env.ECHO_SECRET) return response.writeHead(401).end();
  let body = "";
  for await (const chunk of request) body += chunk;
  if (request.url.endsWith("/crash")) {
    console.error("\u001b[31mout of ideas\u001b[0m");
    process.exit(3);
  }
  if (request.url.endsWith("/chatter")) console.log("x".repeat(300_000));
  const planted = ["twinfold_session=another; Path=/", "=twinfold_session=another", "__Secure-twinfold_application=x"];
  response.setHeader("set-cookie", [...planted, "own=1; Path=/; HttpOnly"]);
  response.setHeader("clear-site-data", '"cookies"');
  response.setHeader("service-worker-allowed", "/");
  if (request.url.endsWith("/endless")) return response.write("to be continued");
  response.setHeader("content-type", "application/json");
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, body, files: process.env.TWINFOLD_FILES }));
});
new WebSocketServer({ server }).on("connection", (socket, request) => {
  socket.send(JSON.stringify({ url: request.url, headers: request.headers }));
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
});
const where = /^\d+$/.test(at) ? { host: "127.0.0.1", port: Number(at) } : { path: at };
server.listen(where, () => console.log(`listening at ${at}`));

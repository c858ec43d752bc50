// An application with a page, as a package that means ill may bring one: keeps the headers of whoever asks, and shows them.
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const [, , at] = process.argv;
const heard = [];
const server = createServer((request, response) => {
  heard.push(request.headers);
  const isData = request.url.endsWith("/heard");
  response.setHeader("content-type", isData ? "application/json" : "text/html");
  response.end(isData ? JSON.stringify(heard) : "<!doctype html><title>Prying</title><h1>Prying</h1>");
});
new WebSocketServer({ server }).on("connection", (socket, request) => {
  heard.push(request.headers);
  socket.send("here");
});
server.listen(/^\d+$/.test(at) ? { host: "127.0.0.1", port: Number(at) } : at);

import { afterAll, beforeAll, expect, test } from "vitest";
import { type OwnServer, startOwnServer, USER } from "./own-server.ts";

let own: OwnServer;
beforeAll(async () => {
  own = await startOwnServer({ TWINFOLD_TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => own.dispose());

test("a terminal and live updates end with the login that they were opened under", async () => {
  const answer = await own.call("POST", `/api/instances/${await own.firstInstance()}/application`);
  const { id } = (await answer.json()) as { id: string };
  const leaving = await own.logIn();
  const updates = await own.call("GET", "/api/events", undefined, { cookie: leaving });
  expect(updates.headers.get("x-content-type-options")).toBe("nosniff");
  const open = (cookie: string) => openTerminal(`${own.url}/api/applications/${id}/terminal`, own.url, cookie);
  const [mine, other] = [await open(leaving), await open(own.cookie)];
  await own.call("POST", "/api/logout", undefined, { cookie: leaving });
  expect(await mine.closed).toBe(4401);
  // The stream comes to its end.
  await updates.text();
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  other.socket.close();
});

test("guessing one user's password is slowed down from many addresses too, and at once", async () => {
  const guess = async (number: number, email: string) => {
    const headers = { "x-forwarded-for": `10.0.0.${number}` };
    return (await own.call("POST", "/api/login", { email, password: "guess" }, headers)).status;
  };
  const statuses = await Promise.all(
    Array.from({ length: 30 }, (_, number) => guess(number, number % 2 ? USER.email : USER.email.toUpperCase())),
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20);
  expect(await guess(99, "grace@example.org")).toBe(401);
});

/** As a browser opens it. */
async function openTerminal(url: string, origin: string, cookie: string) {
  const headers = { cookie, origin };
  const socket = new WebSocket(url.replace(/^http/, "ws"), { headers } as unknown as string[]);
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  return { socket, closed };
}

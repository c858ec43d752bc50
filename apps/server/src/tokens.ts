import { createHash, randomBytes } from "node:crypto";

/** What is stored of a random token: enough to know it again, nothing to use it with. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

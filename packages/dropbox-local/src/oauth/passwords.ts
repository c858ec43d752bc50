import { hash, verify } from "@node-rs/argon2";

/** Argon2id with the library's own, current parameters. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

/** Takes as long for an account that does not exist, so that nobody learns which do. */
export async function isPassword(hashed: string | undefined, password: string): Promise<boolean> {
  const right = await verify(hashed ?? (await nobody()), password);
  return hashed !== undefined && right;
}

let nobodys: Promise<string> | undefined;

function nobody(): Promise<string> {
  nobodys ??= hash("nobody has this password");
  return nobodys;
}

import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The key file can't be read or made, or does not hold a key. */
export class KeyFileError extends Error {
  override readonly name = "KeyFileError";
}

/** What is sealed does not open: another key, another purpose, or it was changed. */
export class UnsealError extends Error {
  override readonly name = "UnsealError";
}

/** Seals secrets with AES-256-GCM under a key that is kept elsewhere than what it seals. */
export interface Sealer {
  /** `purpose` is bound in: what was sealed for one can't be opened as another. */
  seal(secret: string, purpose: string): string;
  /** @throws UnsealError when it was not sealed with this key, or an older one, for this purpose */
  open(sealed: string, purpose: string): string;
  /** The same secret under this key, where an older one sealed it; null where this one did. @throws UnsealError */
  reseal(sealed: string, purpose: string): string | null;
}

const VERSION = "v1";

/**
 * Seals with the key in this file (0600, 32 bytes in base64), drawn at random if there is no file. What was sealed with an
 * older key opens for as long as its file is given too. @throws KeyFileError
 */
export function openSealer(keyFile: string, olderKeyFiles: readonly string[] = []): Sealer {
  // Before a new key is drawn: where an older one can't be read nothing has changed.
  const olderKeys = olderKeyFiles.map(readKey);
  const key = readOrDrawKey(keyFile);

  function seal(secret: string, purpose: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
    const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
    return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64")}`;
  }

  function openWithAny(sealed: string, purpose: string): { readonly secret: string; readonly isCurrent: boolean } {
    if (!sealed.startsWith(`${VERSION}.`)) throw new UnsealError("sealed in a form that is not known");
    const bytes = Buffer.from(sealed.slice(VERSION.length + 1), "base64");
    let why: unknown;
    for (const one of [key, ...olderKeys]) {
      try {
        return { secret: unseal(bytes, purpose, one), isCurrent: one === key };
      } catch (error) {
        why ??= error;
      }
    }
    const older = olderKeys.length === 0 ? "" : ", nor is an older one";
    throw new UnsealError(`${keyFile} is not the key that this was sealed with${older}`, { cause: why });
  }

  return {
    seal,
    open: (sealed, purpose) => openWithAny(sealed, purpose).secret,
    reseal(sealed, purpose) {
      const { secret, isCurrent } = openWithAny(sealed, purpose);
      return isCurrent ? null : seal(secret, purpose);
    },
  };
}

function unseal(bytes: Buffer, purpose: string, key: Buffer): string {
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
}

/** @throws KeyFileError */
function readOrDrawKey(keyFile: string): Buffer {
  try {
    if (!existsSync(keyFile))
      writeFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw unreadable(keyFile, error);
  }
  return readKey(keyFile);
}

/** @throws KeyFileError */
function readKey(keyFile: string): Buffer {
  let text: string;
  try {
    text = readFileSync(keyFile, "utf8");
  } catch (error) {
    throw unreadable(keyFile, error);
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32) throw new KeyFileError(`${keyFile} does not hold a key: 32 bytes in base64`);
  return key;
}

function unreadable(keyFile: string, error: unknown): KeyFileError {
  const why = (error as Error).message;
  return new KeyFileError(`the key file ${keyFile} can't be read or made: ${why}`, { cause: error });
}

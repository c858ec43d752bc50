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
  /** @throws UnsealError when it was not sealed with this key for this purpose */
  open(sealed: string, purpose: string): string;
}

const VERSION = "v1";

/** The key in this file (0600, 32 bytes in base64), drawn at random if there is no file. @throws KeyFileError */
export function openSealer(keyFile: string): Sealer {
  let text: string;
  try {
    if (!existsSync(keyFile))
      writeFileSync(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600, flag: "wx" });
    text = readFileSync(keyFile, "utf8");
  } catch (error) {
    throw new KeyFileError(`the key file ${keyFile} can't be read or made: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32) throw new KeyFileError(`${keyFile} does not hold a key: 32 bytes in base64`);
  return {
    seal(secret, purpose) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64")}`;
    },
    open(sealed, purpose) {
      if (!sealed.startsWith(`${VERSION}.`)) throw new UnsealError("sealed in a form that is not known");
      const bytes = Buffer.from(sealed.slice(VERSION.length + 1), "base64");
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12)).setAAD(Buffer.from(purpose));
        decipher.setAuthTag(bytes.subarray(12, 28));
        return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
      } catch (error) {
        throw new UnsealError(`${keyFile} is not the key that this was sealed with`, { cause: error });
      }
    },
  };
}

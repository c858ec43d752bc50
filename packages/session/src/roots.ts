import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { SessionError } from "./session-error.ts";

/** The root as the disk knows it. @throws SessionError `root` */
export function checkRoot(root: string): string {
  let real: string;
  try {
    real = realpathSync(root);
  } catch (error) {
    throw new SessionError("root", `the folder ${root} does not exist`, error);
  }
  if (!statSync(real).isDirectory()) throw new SessionError("root", `${root} is not a folder`);
  try {
    accessSync(real, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new SessionError("root", `the folder ${root} can't be read and changed by this user`, error);
  }
  return real;
}

/** @throws SessionError when one of the roots lies in the other: each would pick up the other's work */
export function checkApart(root: string, others: readonly string[]): void {
  for (const other of others) {
    if (other === root) continue;
    if (`${root}/`.startsWith(`${other}/`))
      throw new SessionError(
        "nested-root",
        `${root} lies in ${other}, which was started before: forget that one first`,
      );
    if (`${other}/`.startsWith(`${root}/`))
      throw new SessionError("nested-root", `${root} holds ${other}, which was started before: forget that one first`);
  }
}

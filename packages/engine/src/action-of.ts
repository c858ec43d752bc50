import type { Operation } from "./plan/operation.ts";
import type { PlannedOperation } from "./status.ts";

/** What an operation is called where people see it. */
export function actionOf(operation: Operation): PlannedOperation["action"] {
  switch (operation.kind) {
    case "create-folder":
      return "create folder";
    case "transfer":
      return operation.side === "local" ? "download" : "upload";
    case "move":
      return operation.copy === "conflicted copy"
        ? "keep as conflict copy"
        : operation.copy !== undefined
          ? "rename"
          : "move";
    case "delete":
      return "delete";
    default:
      return operation.kind satisfies never;
  }
}

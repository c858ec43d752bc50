import type * as z from "zod";
import { badInput } from "./api-error.ts";

/** Reads a route's argument from JSON text. `where` says in the error where the text was. @throws ApiError 400 */
export function parseArgument<T>(route: string, where: string, type: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    // No body at all stands for no argument.
    value = text === "" ? null : JSON.parse(text);
  } catch {
    throw badInput(route, `${where}: could not decode input as JSON`);
  }
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue === undefined ? "" : issue.path.map(String).join(".");
  throw badInput(route, `${where}: ${field === "" ? "" : `${field}: `}${describe(issue, value)}`);
}

function describe(issue: z.core.$ZodIssue | undefined, argument: unknown): string {
  if (issue === undefined) return "not valid";
  if (issue.code === "unrecognized_keys") return `unknown field '${issue.keys[0] ?? ""}'`;
  if (issue.code === "invalid_type" && valueAt(argument, issue.path) === undefined) return "missing required field";
  if (issue.code === "invalid_type")
    return `expected ${issue.expected}, got ${typeName(valueAt(argument, issue.path))}`;
  return issue.message;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "list" : typeof value;
}

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where Dropbox's own JavaScript SDK is installed. */
export const SDK_FOLDER = dirname(createRequire(import.meta.url).resolve("dropbox/package.json"));

/** A field of one of the SDK's types; `type` as TypeScript text. */
export interface SdkField {
  readonly name: string;
  readonly optional: boolean;
  readonly type: string;
}

interface SdkInterface {
  readonly fields: SdkField[];
  /** The type that it extends. */
  readonly parent: string | null;
}

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === "string",
  Timestamp: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  number: (value) => typeof value === "number",
  boolean: (value) => typeof value === "boolean",
  Object: () => true,
};

/** Types that the specification has as nullable, which these definitions don't tell. */
const NULLABLE: ReadonlySet<string> = new Set(["MalformedPathError"]);

/** Fields that are newer than this version of the SDK. */
const NEWER: ReadonlySet<string> = new Set(["has_more of files.ListRevisionsResult"]);

/** The SDK's generated type definitions: interfaces with one field a line, aliases in one line. */
export class SdkTypes {
  readonly #interfaces = new Map<string, SdkInterface>();
  readonly #aliases = new Map<string, string>();

  constructor() {
    let namespace = "";
    let fields: SdkField[] = [];
    for (const line of readFileSync(join(SDK_FOLDER, "types/dropbox_types.d.ts"), "utf8").split("\n")) {
      const opened = /^ {2}export namespace (\w+)/.exec(line)?.[1];
      const [, begun, parent] = /^ {4}export interface (\w+)(?: extends ([\w.]+))? \{/.exec(line) ?? [];
      const [, alias, meaning = ""] = /^ {4}export type (\w+) = (.+);$/.exec(line) ?? [];
      const [, field, optional, type = ""] = /^ {6}'?([\w.]+)'?(\?)?: (.+);$/.exec(line) ?? [];
      if (opened !== undefined) namespace = opened;
      else if (begun !== undefined) {
        fields = [];
        const extended = parent === undefined ? null : qualify(namespace, parent);
        this.#interfaces.set(qualify(namespace, begun), { fields, parent: extended });
      } else if (alias !== undefined) this.#aliases.set(qualify(namespace, alias), meaning);
      else if (field !== undefined) fields.push({ name: field, optional: optional === "?", type });
    }
  }

  /** The type that the SDK's comments call `FilesLookupError`: `files.LookupError`. */
  named(joined: string): string | null {
    for (const name of [...this.#interfaces.keys(), ...this.#aliases.keys()]) {
      const [namespace = "", type = ""] = name.split(".");
      const prefix = namespace.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
      if (prefix + type === joined) return name;
    }
    return null;
  }

  /** The fields of an interface with those that it inherits. @throws when the SDK has no such interface */
  fields(name: string): SdkField[] {
    const alias = this.#aliases.get(name);
    if (alias !== undefined) return this.fields(qualify(name.slice(0, name.indexOf(".")), alias));
    const found = this.#interfaces.get(name);
    if (found === undefined) throw new Error(`the SDK has no interface ${name}`);
    return [...(found.parent === null ? [] : this.fields(found.parent)), ...found.fields];
  }

  /**
   * What of a value is not as its type says; empty when all is. Tells of fields that the type lacks, of those that are missing,
   * and of tags that a union does not have. `type` is TypeScript text as seen from within `namespace`.
   */
  complaints(value: unknown, type: string, namespace = "", at = ""): string[] {
    const item = /^Array<(.+)>$/.exec(type)?.[1];
    if (item !== undefined) {
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((one, index) => this.complaints(one, item, namespace, `${at}[${index}]`));
    }
    const literal = /^'(.*)'$/.exec(type)?.[1];
    if (literal !== undefined) return value === literal ? [] : [`${at} is not ${type}`];
    const primitive = PRIMITIVES[type];
    if (primitive !== undefined) return primitive(value) ? [] : [`${at} is no ${type}`];
    if (type.includes("|")) return this.#unionComplaints(value, type.split("|"), namespace, at);
    const name = qualify(namespace, type);
    const home = name.slice(0, name.indexOf("."));
    const alias = this.#aliases.get(name);
    return alias === undefined
      ? this.#interfaceComplaints(value, name, home, at)
      : this.complaints(value, alias, home, at);
  }

  #interfaceComplaints(value: unknown, name: string, namespace: string, at: string): string[] {
    if (typeof value !== "object" || value === null) return [`${at} is no ${name}`];
    const fields = this.fields(name);
    // A tag stands also where the type itself is not told apart by one.
    const known = new Set([".tag", ...fields.map((field) => field.name)]);
    const unknown = Object.keys(value).filter((key) => !known.has(key) && !NEWER.has(`${key} of ${name}`));
    return [
      ...unknown.map((key) => `${at}.${key} is not in ${name}`),
      ...fields.flatMap((field) => {
        const inside = (value as Record<string, unknown>)[field.name];
        if (inside === undefined)
          return field.optional || NULLABLE.has(field.type) ? [] : [`${at}.${field.name} is missing in ${name}`];
        return this.complaints(inside, field.type, namespace, `${at}.${field.name}`);
      }),
    ];
  }

  /** The complaints of the member that fits best. */
  #unionComplaints(value: unknown, members: readonly string[], namespace: string, at: string): string[] {
    const tries = members.map((member) => this.complaints(value, member.trim(), namespace, at));
    return tries.reduce((best, next) => (next.length < best.length ? next : best));
  }
}

function qualify(namespace: string, name: string): string {
  return name.includes(".") ? name : `${namespace}.${name}`;
}

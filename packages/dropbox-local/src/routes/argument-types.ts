import { MAXIMUM_PAGE_ENTRIES } from "@twinfold/dropbox-rules";
import * as z from "zod";

const ROOT_AS_SLASH = 'Specify the root folder as an empty string rather than as "/".';

/** The specification's path types, by their patterns; what these allow can still be malformed, which is a 409. */
function path(pattern: RegExp, specified: string, refusals: Readonly<Record<string, string>> = {}) {
  return z.string().superRefine((text, context) => {
    const refusal = refusals[text];
    if (refusal !== undefined) context.addIssue({ code: "custom", message: refusal });
    else if (!pattern.test(text))
      context.addIssue({ code: "custom", message: `'${text}' did not match pattern '${specified}'` });
  });
}

const READ = /^(\/.*|id:.*|rev:[0-9a-f]{9,}|ns:[0-9]+(\/.*)?)$/s;
const READ_SPECIFIED = "(/(.|[\\r\\n])*|id:.*)|(rev:[0-9a-f]{9,})|(ns:[0-9]+(/(.|[\\r\\n])*)?)";

export const readPathType = path(READ, READ_SPECIFIED);

/** A path to look at: the root has no metadata. */
export const metadataPathType = path(READ, READ_SPECIFIED, { "": "The root folder is unsupported." });

export const pathOrIdType = path(
  /^(\/.*|id:.*|ns:[0-9]+(\/.*)?)$/s,
  "/(.|[\\r\\n])*|id:.*|(ns:[0-9]+(/(.|[\\r\\n])*)?)",
);

export const writePathType = path(/^(\/.*|ns:[0-9]+(\/.*)?)$/s, "(/(.|[\\r\\n])*)|(ns:[0-9]+(/(.|[\\r\\n])*)?)");

export const writePathOrIdType = path(
  /^(\/.*|ns:[0-9]+(\/.*)?|id:.*)$/s,
  "(/(.|[\\r\\n])*)|(ns:[0-9]+(/(.|[\\r\\n])*)?)|(id:.*)",
);

/** A folder to list: the root is the empty string, which many get wrong and so has words of its own. */
export const listPathType = path(
  /^((\/.*)?|id:.*|ns:[0-9]+(\/.*)?)$/s,
  "(/(.|[\\r\\n])*)?|id:.*|(ns:[0-9]+(/(.|[\\r\\n])*)?)",
  { "/": ROOT_AS_SLASH },
);

export const revType = z.string().regex(/^[0-9a-f]{9,}$/, "a rev has 9 or more hexadecimal digits");

export const hashType = z.string().length(64, "a content hash has 64 hexadecimal digits");

/** Seconds since 1970 come out as milliseconds. */
export const timestampType = z.string().transform((text, context) => {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    context.addIssue({ code: "custom", message: `time data '${text}' does not match format '%Y-%m-%dT%H:%M:%SZ'` });
    return z.NEVER;
  }
  return time;
});

/** A union may be given as its bare tag where the tag carries nothing. */
function asTagged(value: unknown): unknown {
  if (typeof value === "string") return { ".tag": value };
  if (typeof value === "object" && value !== null && !(".tag" in value)) {
    const tag = Object.keys(value)[0];
    return tag === undefined ? value : { ".tag": tag, ...value };
  }
  return value;
}

export const writeModeType = z
  .preprocess(
    asTagged,
    z.discriminatedUnion(".tag", [
      z.looseObject({ ".tag": z.literal("add") }),
      z.looseObject({ ".tag": z.literal("overwrite") }),
      z.looseObject({ ".tag": z.literal("update"), update: revType }),
    ]),
  )
  .default({ ".tag": "add" });

/** A union whose tags carry nothing. */
export function tagType<const Tags extends readonly [string, ...string[]]>(tags: Tags, standard: Tags[number]) {
  return z
    .preprocess(
      (value) => (typeof value === "object" && value !== null && ".tag" in value ? value[".tag"] : value),
      z.enum(tags),
    )
    .nullish()
    .transform((tag) => (tag ?? standard) as Tags[number]);
}

export const flagType = z.boolean().default(false);
export const pageLimitType = z.int().min(1).max(MAXIMUM_PAGE_ENTRIES).nullish();

/** Where and how a file is to be saved. */
export const commitFields = {
  path: writePathOrIdType,
  mode: writeModeType,
  autorename: flagType,
  client_modified: timestampType.nullish(),
  mute: flagType,
  property_groups: z.array(z.unknown()).max(0, "property groups are not implemented by the local Dropbox").nullish(),
  strict_conflict: flagType,
};
export const commitType = z.strictObject(commitFields);
export type CommitInfo = z.infer<typeof commitType>;

export const jobType = z.strictObject({ async_job_id: z.string().min(1) });

/** A route without an argument. */
export const voidType = z.null().or(z.strictObject({}).transform(() => null));

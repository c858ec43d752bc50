import { expect, test } from "vitest";
import * as z from "zod";
import { ALL_ROUTES } from "../src/routes/all-routes.ts";
import { startTestDropbox } from "./harness.ts";
import { NOT_IMPLEMENTED } from "./not-implemented.ts";
import { sdkRoutes, sdkTypes } from "./sdk-routes.ts";

const implemented = new Set(ALL_ROUTES.map((route) => route.name));

/** Routes of the public specification that this version of the SDK does not know. */
const NOT_IN_SDK = ["files/upload_session/append_batch"];

/** Recorded to answer whoever asks, whatever the scopes: nobody here is allowed. */
const ANY_SCOPE = ["files/permanently_delete"];

/** Fields of arguments that the specification has got since; the last is the SDK's own way to take a body. */
const OTHER_FIELDS = [
  "before_rev is not the SDK's",
  "include_restorable_info is not the SDK's",
  "exclude_media_info is not the SDK's",
  "preserve_transparency is not the SDK's",
  "contents is missing",
];

test("who may call a route, with which scope and in which form is as the SDK has it", () => {
  const differences = ALL_ROUTES.flatMap((route) => {
    const defined = sdkRoutes.get(route.name);
    if (defined === undefined) return NOT_IN_SDK.includes(route.name) ? [] : [`${route.name} is not in the SDK`];
    const own = { auth: route.auth, style: route.style, scope: route.auth === "user" ? route.scope : defined.scope };
    const may = defined.auth.replace("noauth", "none").split(", ").includes(route.auth);
    const same = may && own.style === defined.style && (own.scope === defined.scope || ANY_SCOPE.includes(route.name));
    return same ? [] : [`${route.name}: ${JSON.stringify(own)}, the SDK has ${JSON.stringify(defined)}`];
  });
  expect(differences).toEqual([]);
});

test("arguments have the SDK's fields, and need those that it needs", () => {
  const differences = ALL_ROUTES.flatMap((route) => {
    const argument = sdkRoutes.get(route.name)?.argument;
    if (argument === null || argument === undefined) return [];
    const shape = z.toJSONSchema(route.argument, { io: "input", unrepresentable: "any" });
    const fields = sdkTypes.fields(argument);
    const own = Object.keys(shape.properties ?? {});
    const names = fields.map((field) => field.name);
    const needed = fields.filter((field) => !field.optional).map((field) => field.name);
    return [
      ...own.filter((field) => !names.includes(field)).map((field) => `${route.name}: ${field} is not the SDK's`),
      ...names.filter((field) => !own.includes(field)).map((field) => `${route.name}: ${field} is missing`),
      ...needed
        .filter((field) => own.includes(field) && !shape.required?.includes(field))
        .map((field) => `${route.name}: ${field} is needed`),
    ];
  });
  expect(differences.filter((difference) => !OTHER_FIELDS.some((known) => difference.endsWith(known)))).toEqual([]);
});

test("every route of the SDK that a user's client may call is implemented, or listed with a reason", () => {
  const missing = [...sdkRoutes.values()]
    .filter(({ name, auth }) => /^(files|users|check|auth|account|sharing)\//.test(name) && auth !== "team")
    .map(({ name }) => name)
    .filter((name) => !implemented.has(name));
  expect(missing.sort()).toEqual(Object.values(NOT_IMPLEMENTED).flat().sort());
});

test("a route that is not implemented says so", async () => {
  const { client } = await startTestDropbox();
  for (const route of Object.values(NOT_IMPLEMENTED).flat()) {
    const answer = await client.rpc(route, null);
    expect(answer.status).toBe(400);
    expect(answer.text).toBe(
      `Error in call to API function "${route}": This function is not implemented by the local Dropbox.`,
    );
  }
});

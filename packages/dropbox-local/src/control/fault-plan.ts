import * as z from "zod";
import { type Fault, FaultSchema } from "../http/faults.ts";
import { ALL_ROUTES } from "../routes/all-routes.ts";
import { ControlError } from "./action.ts";

/** What a fault may be told to hit, beside `*` and the beginnings of these. */
const FAULTY = [...ALL_ROUTES.map((route) => route.name), "oauth2/token"];

/** The faults that were asked for. @throws ZodError, ControlError for one that would never happen */
export function faultsFrom(asked: unknown): Fault[] {
  const faults = z.array(FaultSchema).parse(Array.isArray(asked) ? asked : [asked]);
  for (const { route } of faults)
    if (!hitsSomething(route)) throw new ControlError(`There is no route ${route}: a fault there would never happen.`);
  return faults;
}

function hitsSomething(route: string): boolean {
  return FAULTY.some((name) => (route.endsWith("*") ? name.startsWith(route.slice(0, -1)) : name === route));
}

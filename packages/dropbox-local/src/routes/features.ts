import * as z from "zod";
import { badInput, routeError, tagged } from "../http/api-error.ts";
import { readPathType, revType } from "./argument-types.ts";
import { userRoute } from "./route.ts";

const featuresArgument = z.strictObject({
  features: z.array(z.union([z.string().transform((tag) => ({ ".tag": tag })), z.looseObject({ ".tag": z.string() })])),
});

/** What a basic account has: neither Paper documents among its files nor locks. */
export const getFeatureValues = userRoute<z.infer<typeof featuresArgument>>({
  name: "users/features/get_values",
  style: "rpc",
  scope: "account_info.read",
  argument: featuresArgument,
  handle: async ({ arg }) => {
    if (arg.features.length === 0) throw routeError(tagged("empty_features_list"));
    return { values: arg.features.map((feature) => featureValue(feature[".tag"])) };
  },
});

function featureValue(feature: string) {
  if (feature === "paper_as_files") return tagged(feature, { paper_as_files: tagged("enabled", { enabled: false }) });
  if (feature === "file_locking") return tagged(feature, { file_locking: tagged("enabled", { enabled: false }) });
  return tagged("other");
}

const deleteArgument = z.strictObject({ path: readPathType, parent_rev: revType.nullish() });

/** Only apps of business accounts may call it, which do not exist here; the words are as recorded. */
export const permanentlyDelete = userRoute<z.infer<typeof deleteArgument>>({
  name: "files/permanently_delete",
  style: "rpc",
  scope: null,
  argument: deleteArgument,
  handle: async () => {
    throw badInput("files/permanently_delete", "Your API app is not allowed to call this function.");
  },
});

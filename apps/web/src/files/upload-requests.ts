import { conditionOf, type Over, send } from "../api.ts";
import type { UploadPlace } from "./begun-uploads.ts";

/** Every request of the tus protocol says which version of it is spoken. */
const TUS = { "tus-resumable": "1.0.0" };

/** @param size bytes. @returns the address at which its parts are taken. @throws ApiFailure 412 when something else is there */
export async function beginUpload(place: UploadPlace, size: number, over: Over, signal?: AbortSignal): Promise<string> {
  const { instanceId, area, path } = place;
  const answer = await send(
    "POST",
    `/api/instances/${instanceId}/uploads?${new URLSearchParams({ area, path })}`,
    undefined,
    { ...TUS, "upload-length": String(size), ...conditionOf(over) },
    signal,
  );
  return answer.headers.get("location") ?? "";
}

/** All has come: it is to be a file. May be asked again. @throws ApiFailure 412 when something else is there */
export async function endUpload(address: string, path: string, over: Over, signal?: AbortSignal): Promise<void> {
  await send("POST", `${address}/end?${new URLSearchParams({ path })}`, undefined, conditionOf(over), signal);
}

/** What has come of it is not wanted any more. Nothing goes wrong if it stays: its time will be over. */
export function giveUpload(address: string): void {
  void send("DELETE", address, undefined, TUS).catch(() => undefined);
}

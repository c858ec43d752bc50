import { z } from "zod";

/** Bytes a second; less leaves no room for what is waited for anyway. */
export const LOWEST_BANDWIDTH = 10_000;
const HIGHEST_BANDWIDTH = 1_000_000_000;

const limit = z.number().int().min(LOWEST_BANDWIDTH).max(HIGHEST_BANDWIDTH).nullable();

/** How fast a user's sync may send and fetch, bytes a second; null for as fast as it goes. */
export const bandwidthLimits = z.object({ up: limit, down: limit });
export type BandwidthLimits = z.infer<typeof bandwidthLimits>;

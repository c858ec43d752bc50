/**
 * Who may: everybody; whoever is logged in, about herself; a unit's members; those who may change an instance's files; those
 * who administer a unit; who manages an organization; the one user whose application it is.
 */
export type Who = "everybody" | "herself" | "members" | "editors" | "administrators" | "managers" | "owner";

export interface Rule {
  readonly who: Who;
  readonly query?: string;
  readonly body?: unknown;
}

export const file = "area=workspace&path=a.txt";
const name = { name: "New" };
const SNAPSHOTS = "/api/instances/{id}/snapshots";
const DISTRIBUTIONS = "/api/instances/{id}/distributions";
const UPLOAD = "/api/instances/{id}/uploads/{uploadId}";
const NONE = "00000000-0000-4000-8000-000000000000";
const UNIT = "/api/administration/{level}/{id}";

/** Every route of the API, with what a request to it needs to be understood. */
export const RULES: Readonly<Record<string, Rule>> = {
  "GET /healthz": { who: "everybody" },
  "GET /api/openapi.json": { who: "everybody" },
  "POST /api/login": { who: "everybody" },
  "POST /api/logout": { who: "everybody" },
  "POST /api/invitation": { who: "everybody" },
  "POST /api/invitation/accept": { who: "everybody" },
  // What was begun by a login that has ended leads to the next one.
  "GET /oauth/dropbox/callback": { who: "everybody" },
  "GET /api/me": { who: "herself" },
  "GET /api/account/sessions": { who: "herself" },
  "POST /api/account/sessions/end-others": { who: "herself" },
  "POST /api/account/password": { who: "herself", body: { current: "x", next: "a longer password" } },
  "POST /api/account/sessions/{sessionId}/end": { who: "owner" },
  "GET /api/events": { who: "herself" },
  "GET /api/instances": { who: "herself" },
  "GET /api/dropbox": { who: "herself" },
  "POST /api/dropbox/link": { who: "herself", body: {} },
  "POST /api/dropbox/unlink": { who: "herself" },
  "GET /api/dropbox/bandwidth": { who: "herself" },
  "POST /api/dropbox/bandwidth": { who: "herself", body: { up: null, down: null } },
  "GET /api/administration": { who: "herself" },
  "GET /api/distribution-notices": { who: "herself" },
  "GET /api/instances/{id}": { who: "members" },
  "GET /api/instances/{id}/sync": { who: "members" },
  "POST /api/instances/{id}/sync": { who: "members", body: { command: "pause" } },
  "POST /api/instances/{id}/application": { who: "editors" },
  "POST /api/instances/{id}/always-on": { who: "members", body: { on: false } },
  "POST /api/instances/{id}/conflict": {
    who: "editors",
    body: { copy: "a", choice: "mine", copyVersion: "1", originalVersion: null },
  },
  "POST /api/instances/{id}/ignore/preview": { who: "editors", body: { text: "*.log\n" } },
  "POST /api/instances/{id}/ignore/take-out": { who: "editors", body: { agreed: null } },
  "GET /api/instances/{id}/files": { who: "members" },
  "GET /api/instances/{id}/file": { who: "members", query: file },
  "PUT /api/instances/{id}/file": { who: "editors", query: file, body: "text" },
  "POST /api/instances/{id}/uploads": { who: "editors", query: file },
  // Whose an upload is, only she can go on with it.
  [`HEAD ${UPLOAD}`]: { who: "owner" },
  [`PATCH ${UPLOAD}`]: { who: "owner" },
  [`DELETE ${UPLOAD}`]: { who: "owner" },
  [`POST ${UPLOAD}/end`]: { who: "owner", query: "path=a.txt" },
  "POST /api/instances/{id}/folder": { who: "editors", body: { area: "workspace", path: "b" } },
  "POST /api/instances/{id}/move": { who: "editors", body: { area: "workspace", from: "a.txt", to: "b" } },
  "POST /api/instances/{id}/delete": { who: "editors", body: { area: "workspace", path: "a.txt" } },
  "GET /api/instances/{id}/zip": { who: "members", query: "area=workspace&path=" },
  "GET /api/instances/{id}/deleted": { who: "members", query: "area=workspace" },
  "POST /api/instances/{id}/deleted/bring-back": { who: "editors", body: { area: "workspace", id: NONE } },
  "POST /api/instances/{id}/deleted/forget": { who: "editors", body: { area: "workspace", id: NONE } },
  [`GET ${SNAPSHOTS}`]: { who: "members" },
  [`POST ${SNAPSHOTS}`]: { who: "editors", body: {} },
  [`POST ${SNAPSHOTS}/schedule`]: {
    who: "editors",
    body: { every: "off", keep: { hourly: 1, daily: 1, weekly: 1 } },
  },
  [`GET ${SNAPSHOTS}/{snapshotId}/files`]: { who: "members" },
  [`GET ${SNAPSHOTS}/{snapshotId}/compare`]: { who: "members" },
  [`GET ${SNAPSHOTS}/{snapshotId}/file`]: { who: "members", query: "path=a.txt" },
  [`POST ${SNAPSHOTS}/{snapshotId}/restore`]: { who: "editors", body: {} },
  [`POST ${SNAPSHOTS}/{snapshotId}/restore/preview`]: { who: "editors", body: { paths: ["a.txt"] } },
  [`POST ${SNAPSHOTS}/{snapshotId}/delete`]: { who: "editors" },
  [`GET ${DISTRIBUTIONS}`]: { who: "members" },
  // To where she may only look.
  [`POST ${DISTRIBUTIONS}`]: { who: "editors", body: { paths: ["a.txt"], targets: ["MASTER"] } },
  [`POST ${DISTRIBUTIONS}/{distributionId}/undo`]: { who: "owner", body: { targetId: "MASTER" } },
  [`POST ${DISTRIBUTIONS}/{distributionId}/put-away`]: { who: "members" },
  "GET /api/instances/{id}/activity": { who: "members" },
  "GET /api/instances/{id}/activity/{entryId}/versions/{which}": { who: "owner" },
  "POST /api/instances/{id}/activity/{entryId}/undo": { who: "editors" },
  "GET /api/instances/{id}/undos": { who: "members" },
  "POST /api/instances/{id}/undos/{undoId}/put-away": { who: "members" },
  "GET /api/application-kinds": { who: "herself" },
  "POST /api/applications/{id}/stop": { who: "owner" },
  "POST /api/applications/{id}/keep": { who: "owner" },
  "GET /api/applications/{id}/output": { who: "owner" },
  "GET /instances/{id}/applications/{applicationId}/open": { who: "owner" },
  "GET /api/applications/{id}/terminal": { who: "owner" },
  "POST /api/administration/organizations": { who: "managers", body: name },
  "POST /api/administration/organization/{id}/spaces": { who: "administrators", body: name },
  "POST /api/administration/space/{id}/instances": { who: "administrators", body: name },
  "GET /api/administration/organization/{id}/audit": { who: "administrators" },
  [`POST ${UNIT}/rename`]: { who: "administrators", body: name },
  [`POST ${UNIT}/archive`]: { who: "administrators", body: { archived: true } },
  [`POST ${UNIT}/delete`]: { who: "administrators", body: { alsoInDropbox: false } },
  [`GET ${UNIT}/members`]: { who: "administrators" },
  [`POST ${UNIT}/members/role`]: { who: "administrators", body: { userId: "x", role: "instance editor" } },
  [`POST ${UNIT}/members/remove`]: { who: "administrators", body: { userId: "x" } },
  [`POST ${UNIT}/invitations`]: {
    who: "administrators",
    body: { email: "x@example.org", role: "instance editor" },
  },
  [`POST ${UNIT}/invitations/withdraw`]: { who: "administrators", body: { invitationId: "x" } },
};

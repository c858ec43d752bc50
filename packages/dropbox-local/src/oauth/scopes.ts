/** What an app can be allowed to do, in the words of the consent page. Dropbox has more; these are what its routes here ask for. */
export const SCOPES = {
  "account_info.read": "See your name, your e-mail address and how much space you use",
  "files.metadata.read": "See the names, sizes and dates of files and folders in {folder}",
  "files.metadata.write": "Change information about files and folders in {folder}",
  "files.content.read": "Read the content of files in {folder}",
  "files.content.write": "Create, change, move and delete files and folders in {folder}",
  "sharing.read": "See the links to files and folders in {folder}, and whom they are shared with",
  "sharing.write": "Make, change and remove links to files and folders in {folder}",
} as const;

export type ScopeName = keyof typeof SCOPES;

export const ALL_SCOPES = Object.keys(SCOPES) as readonly ScopeName[];

export function isScopeName(text: string): text is ScopeName {
  return Object.hasOwn(SCOPES, text);
}

/** What a scope allows, in plain words, for an app that sees `folder`. */
export function describeScope(scope: ScopeName, folder: string): string {
  return SCOPES[scope].replace("{folder}", folder);
}

/** With a folder that is chosen comes all that is in it. */
export const comesWith = (chosen: readonly string[], path: string) => chosen.some((one) => path.startsWith(`${one}/`));

export const withPath = (chosen: readonly string[], path: string) => [
  ...chosen.filter((one) => one !== path && !one.startsWith(`${path}/`)),
  path,
];

export const withoutPath = (chosen: readonly string[], path: string) => chosen.filter((one) => one !== path);

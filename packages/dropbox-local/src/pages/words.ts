const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** `1.5 MB`: powers of 1024, as Dropbox counts. */
export function bytesInWords(bytes: number): string {
  if (bytes === 1) return "1 byte";
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

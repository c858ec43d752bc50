import { escaped, seconds } from "../report/words.ts";
import type { Frame, Work } from "./cpu-profile.ts";

const WIDTH = 1200;
const LINE = 17;
const TOP = 58;
/** Pixels: narrower frames are left out, and a letter is about so wide. */
const LEAST = 2;
const LETTER = 6.6;
/** Deeper calls are seen in a profile of one's own (`node --cpu-prof`). */
const DEEPEST = 34;

const STYLE = `
  text { font: 11px ui-monospace, monospace; fill: #1f2328; } .said { font: 13px system-ui, sans-serif; }
  rect { stroke: #ffffff; stroke-width: 0.5; } .page { fill: #ffffff; stroke: none; }
  .engine { fill: #8cc2ff; } .store { fill: #ffc680; } .filesystem { fill: #a5d6a7; } .dropbox { fill: #d2b4ff; }
  .node { fill: #d0d7de; } .other { fill: #f6e2a8; }`;

/** Packages that have a colour of their own; `node` is Node with the kernel's work done for it. */
const COLOURED = ["engine", "store", "filesystem", "dropbox", "node"];

/**
 * A flame graph (Gregg, "The Flame Graph", CACM 2016), from the top down: each bar is a function, as wide as it took time,
 * below the one that has called it; side by side in the order of their width. An SVG picture; titles tell the shares.
 */
export function flameGraph(what: string, { root, span }: Work): string {
  const bars: string[] = [];
  let deepest = 0;
  const draw = ({ calls }: Frame, x: number, depth: number): void => {
    let at = x;
    for (const frame of [...calls.values()].sort((one, other) => other.time - one.time)) {
      const share = frame.time / root.time;
      if (share * WIDTH < LEAST || depth > DEEPEST) return;
      deepest = Math.max(deepest, depth);
      bars.push(bar(frame, at, depth, share));
      draw(frame, at, depth + 1);
      at += share * WIDTH;
    }
  };
  draw(root, 0, 0);
  const height = TOP + (deepest + 1) * LINE + 6;
  const busy = `the main thread was busy for ${seconds(root.time / 1e6)} of ${seconds(span / 1e6)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${escaped(`${what}: ${busy}`)}</title>
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${height}"/>
<text class="said" x="6" y="18">${escaped(`${what}: ${busy}. Sampled: sampling itself costs some of it.`)}</text>
${legend()}
${bars.join("\n")}
</svg>
`;
}

function bar({ name, part }: Frame, x: number, depth: number, share: number): string {
  const width = share * WIDTH;
  const y = TOP + depth * LINE;
  const kind = COLOURED.includes(part) ? part : "other";
  const told = escaped(`${name} (${part}), ${(100 * share).toFixed(1)} %`);
  const letters = Math.floor((width - 6) / LETTER);
  const label = letters < 3 ? "" : name.length > letters ? `${name.slice(0, letters - 1)}…` : name;
  const text = label === "" ? "" : `<text x="${(x + 3).toFixed(1)}" y="${y + LINE - 5}">${escaped(label)}</text>`;
  return `<g><title>${told}</title><rect class="${kind}" x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${LINE - 1}"/>${text}</g>`;
}

function legend(): string {
  return [...COLOURED, "other"]
    .map(
      (part, index) =>
        `<rect class="${part}" x="${6 + index * 110}" y="30" width="12" height="12"/>` +
        `<text x="${22 + index * 110}" y="40">${part === "other" ? "other libraries" : part}</text>`,
    )
    .join("");
}

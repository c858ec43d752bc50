/** What V8's profiler writes (`--cpu-prof`; the Chrome DevTools Protocol calls it Profiler.Profile). Times in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** On the clock of process.hrtime. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A part of a process's life, in microseconds of process.hrtime. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A function, as called from those above it. Microseconds, with what it calls. */
export interface Frame {
  readonly name: string;
  /** The package that it belongs to; `node` for what comes with Node. */
  readonly part: string;
  time: number;
  readonly calls: Map<string, Frame>;
}

/** What one thread did in a span: `root` is all of it that was not waiting. */
export interface Work {
  readonly root: Frame;
  /** Microseconds of the span. */
  readonly span: number;
}

const WAITING = new Set(["(idle)", "(program)"]);

/** Adds up the samples of a span, by who has called whom. */
export function workOf(profile: CpuProfile, { from, to }: Span): Work {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const above = new Map(
    profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id] as const)),
  );
  const root: Frame = { name: "all", part: "node", time: 0, calls: new Map() };
  let at = profile.startTime;
  for (const [index, sample] of profile.samples.entries()) {
    // A sample stands for the time since the one before.
    const took = profile.timeDeltas[index] ?? 0;
    at += took;
    if (at <= from || at > to) continue;
    const stack: number[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = above.get(id)) stack.push(id);
    // The outermost is V8's own "(root)".
    stack.pop();
    const frames = stack.reverse().flatMap((id) => nodes.get(id)?.callFrame ?? []);
    if (frames[0] === undefined || WAITING.has(frames[0].functionName)) continue;
    root.time += took;
    let frame = root;
    for (const { functionName, url } of frames) frame = called(frame, functionName || fileOf(url), partOf(url), took);
  }
  return { root, span: to - from };
}

function called(by: Frame, name: string, part: string, took: number): Frame {
  const key = `${part} ${name}`;
  const frame = by.calls.get(key) ?? { name, part, time: 0, calls: new Map() };
  by.calls.set(key, frame);
  frame.time += took;
  return frame;
}

/** Of a function without a name, at least where it is. */
function fileOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1) || "(anonymous)";
}

function partOf(url: string): string {
  const [, own] = /\/(?:packages|apps)\/([^/]+)\//.exec(url) ?? [];
  const [, library] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
  return library ?? own ?? "node";
}

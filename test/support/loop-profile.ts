import { type Profiler, Session } from "node:inspector";
import type { Stretch } from "./event-loop.ts";

/** How often it is noted what is computed, in microseconds. */
const SAMPLE_US = 5000;

/** Tests and what runs them, and clients within their process: whatever they call computes for them. */
const ofTests =
  /\/test\/|\/node_modules\/(?:@?vitest|@vitest|chai|vite|tsx|esbuild|playwright-core)\/|node:internal\/deps\/undici|node:internal\/modules|\/graphql-ws\/dist\/client/;

/** What the engine does, for whomever. */
const ofNobody: ReadonlySet<string> = new Set(["(root)", "(idle)", "(program)", "(garbage collector)"]);

/** Notes what this thread computes, a few hundred times a second. */
export interface LoopProfile {
  /** Of a stretch, the milliseconds that no test computed; and what did, the most first. */
  explain(stretch: Stretch): { readonly ms: number; readonly doing: readonly string[] };
}

/** Whose a call is: the calls that lead to it, the outermost last. */
type Calls = readonly Profiler.ProfileNode["callFrame"][];

/**
 * Begins to note. What a test itself computes keeps nobody waiting that it does not know, so a call counts as the product's only
 * where no test is among those who called it.
 * @returns ends that, and tells what was noted
 */
export function startLoopProfile(): () => LoopProfile {
  const session = new Session();
  session.connect();
  const post = <T>(method: string, params: object = {}): T => {
    let result: unknown;
    session.post(method, params, (error, answer) => {
      if (error) throw error;
      result = answer;
    });
    return result as T; // within this thread the answer is there at once
  };
  post("Profiler.enable");
  post("Profiler.setSamplingInterval", { interval: SAMPLE_US });
  post("Profiler.start");
  return () => {
    const { profile } = post<Profiler.StopReturnType>("Profiler.stop");
    session.disconnect();
    return readProfile(profile);
  };
}

function readProfile(profile: Profiler.Profile): LoopProfile {
  const { samples = [], timeDeltas = [], nodes, startTime } = profile;
  const calls = callsOf(nodes);
  // The profile's clock is that of `hrtime`.
  const shift = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  return {
    explain({ from, to, computedMs }) {
      const within: Calls[] = [];
      let at = startTime;
      samples.forEach((id, index) => {
        at += timeDeltas[index] ?? 0;
        const ms = at / 1000 - shift;
        if (ms >= from && ms <= to) within.push(calls.get(id) ?? []);
      });
      const busy = within.filter(([top]) => top !== undefined && !ofNobody.has(top.functionName));
      const others = busy.filter((frames) => !frames.some(({ url }) => ofTests.test(url)));
      const places = new Map<string, number>();
      for (const frames of others) places.set(nameOf(frames), (places.get(nameOf(frames)) ?? 0) + 1);
      return {
        ms: busy.length === 0 ? 0 : (computedMs * others.length) / busy.length,
        doing: [...places].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count}× ${name}`),
      };
    },
  };
}

function callsOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, Calls> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])));
  const found = new Map<number, Calls>();
  for (const { id } of nodes) {
    const frames: Profiler.ProfileNode["callFrame"][] = [];
    for (let next: number | undefined = id; next !== undefined; next = parents.get(next)) {
      const node = byId.get(next);
      if (node) frames.push(node.callFrame);
    }
    found.set(id, frames);
  }
  return found;
}

/** The innermost and the outermost call that is in a file. */
function nameOf(frames: Calls): string {
  const placed = frames.filter(({ url }) => url !== "" && !url.startsWith("node:"));
  const tell = (frame: Profiler.ProfileNode["callFrame"] | undefined) =>
    frame
      ? `${frame.functionName || "?"} ${frame.url.split("/").slice(-3).join("/")}:${frame.lineNumber}`
      : "";
  return `${frames[0]?.functionName} in ${tell(placed[0])} ← ${tell(placed.at(-1))}`;
}

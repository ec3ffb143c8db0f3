import { join } from "node:path";
import type { Inspection, Target } from "./finding.ts";
import { injectionPoints } from "./injection-points.ts";
import { runTool } from "./run-tool.ts";
import type { Tools } from "./tools.ts";
import { openVulnerableServer } from "./vulnerable-server.ts";

/** A place where a client's text goes in, marked with `*`. */
export interface InjectionPoint {
  readonly name: string;
  readonly path: string;
  /** Posted as JSON; without it the path is got. */
  readonly body?: object;
  /** A header whose value is marked. */
  readonly header?: string;
}

const SECONDS_PER_POINT = 120;

/**
 * Tries statements at every place that takes text. First at a server that does splice text into SQL: a tool that finds
 * nothing there would find nothing anywhere.
 */
export async function runSqlmap(target: Target, tools: Tools, mariadbUrl: string): Promise<Inspection> {
  const findings: string[] = [];
  const vulnerable = await openVulnerableServer(mariadbUrl);
  try {
    const control = { name: "control", path: "/?name=Ines*" };
    const verdict = await tryPoint(tools, { ...target, address: vulnerable.address }, control);
    if (verdict.kind !== "injectable")
      findings.push(`The server that can be injected was not found out: ${verdict.said}`);
  } finally {
    await vulnerable.close();
  }
  for (const point of injectionPoints) {
    const verdict = await tryPoint(tools, target, point);
    if (verdict.kind !== "safe") findings.push(`${point.name}: ${verdict.said}`);
  }
  return {
    tool: "sqlmap",
    looked: `${injectionPoints.length} places, and one that can be injected`,
    findings,
  };
}

interface Verdict {
  readonly kind: "safe" | "injectable" | "unknown";
  readonly said: string;
}

async function tryPoint(tools: Tools, target: Target, point: InjectionPoint): Promise<Verdict> {
  const { output } = await runTool(
    tools.sqlmap,
    [
      ...["-u", `${target.address}${point.path}`, "--batch", "--disable-coloring", "--flush-session"],
      ...(point.body ? ["--data", JSON.stringify(point.body), "-H", "Content-Type: application/json"] : []),
      ...(point.header ? ["-H", point.header] : []),
      ...["--dbms", "MySQL", "--technique", "BEUST", "--level", "2", "--risk", "1"],
      ...["--threads", "4", "--time-sec", "3", "--timeout", "20", "--retries", "1"],
      ...["--output-dir", join(target.folder, "sqlmap")],
    ],
    { seconds: SECONDS_PER_POINT, signal: target.signal, cwd: target.folder },
  );
  return readVerdict(output);
}

/** What sqlmap says at its end. Pure. */
export function readVerdict(output: string): Verdict {
  const said = output.trimEnd().split("\n").slice(-8).join(" ");
  if (/identified the following injection point|is vulnerable\b/.test(output))
    return { kind: "injectable", said };
  if (/all tested parameters do not appear to be injectable/.test(output)) return { kind: "safe", said };
  return { kind: "unknown", said: `No verdict: ${said}` };
}

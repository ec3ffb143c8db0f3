import { VitrineError } from "../errors.ts";
import type { Defect } from "../mirror/verify/judge.ts";
import type { VerifyReport } from "../mirror/verify/verify.ts";

/** What the command tells of a model. */
export interface Verification extends VerifyReport {
  /** Why nothing could be compared, as when a view is missing; else null. */
  readonly fault: string | null;
}

/** Of a model whose view fails. */
export const toUnverified = (model: string, fault: string): Verification => ({
  model,
  fault,
  checked: 0,
  defects: [],
  unsettled: 0,
  rejected: 0,
  isComplete: false,
  upTo: null,
});

/** One line about a model. */
function describeReport({ checked, defects, unsettled, rejected, isComplete, fault }: Verification): string {
  if (fault !== null) return `cannot be compared: ${fault}`;
  if (!isComplete) return "not mirrored yet";
  const parts = [`${checked.toLocaleString("en")} documents compared`, `${defects.length} defects`];
  if (unsettled > 0) parts.push(`${unsettled} on their way at every look`);
  if (rejected > 0) parts.push(`${rejected} rejected, not compared`);
  return parts.join(", ");
}

/** The report as lines for people, each defect as a diff. */
export function* toLines(report: Verification): Generator<string> {
  yield `${report.model}: ${describeReport(report)}`;
  for (const defect of report.defects) yield* toDiff(defect);
}

function* toDiff({ model, id, kind, version, differences }: Defect): Generator<string> {
  yield `  ${model} ${id}: ${kind}${version === null ? "" : ` (version ${version})`}`;
  for (const { path, live, mirror } of differences) {
    yield `    ${path}`;
    yield `    - live   ${JSON.stringify(live)}`;
    yield `    + mirror ${JSON.stringify(mirror)}`;
  }
}

/**
 * Returns when every document was proven equal.
 * @throws VitrineError the worst that was found: DEFECT_FOUND; UNHEALTHY when documents could not be compared because
 * the mirror does not have them; UNSETTLED when they were written at every look
 */
export function requireProof(reports: readonly Verification[]): void {
  const count = (of: (report: Verification) => number) =>
    reports.reduce((sum, report) => sum + of(report), 0);
  const namesOf = (is: (report: Verification) => boolean) =>
    reports
      .filter(is)
      .map((report) => report.model)
      .join(", ");
  const defects = count((report) => report.defects.length);
  if (defects > 0)
    throw new VitrineError("DEFECT_FOUND", `${defects} documents of the mirror are wrong, proven.`);
  const faulty = namesOf((report) => report.fault !== null);
  if (faulty !== "") throw new VitrineError("UNHEALTHY", `Could not be compared: ${faulty}.`);
  const incomplete = namesOf((report) => !report.isComplete);
  if (incomplete !== "")
    throw new VitrineError("UNHEALTHY", `Not mirrored yet, so not verified: ${incomplete}.`);
  const rejected = count((report) => report.rejected);
  if (rejected > 0)
    throw new VitrineError(
      "UNHEALTHY",
      `${rejected} documents could not be mirrored, so not verified: see \`vitrine rejected list\`.`,
    );
  const unsettled = count((report) => report.unsettled);
  if (unsettled > 0)
    throw new VitrineError(
      "UNSETTLED",
      `${unsettled} documents were on their way at every look, so nothing is proven of them (${namesOf((report) => report.unsettled > 0)}). Is a loader running? Verify again.`,
    );
}

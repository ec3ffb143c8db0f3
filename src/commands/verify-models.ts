import type { App } from "../app/open-app.ts";
import { requestDocuments } from "../core/pending-queue.ts";
import { toReason } from "../core/rejected-documents.ts";
import type { RunNotes } from "../core/runs.ts";
import { VitrineError } from "../errors.ts";
import { verifyModel } from "../mirror/verify/verify.ts";
import type { DocumentModel } from "../models/model.ts";
import { withoutResults } from "../progress.ts";
import { requireWritable } from "../stores/mariadb/read-only.ts";
import { isSqlFault } from "../stores/mariadb/sql-faults.ts";
import { chooseModels } from "./choose-models.ts";
import type { CommandContext } from "./context.ts";
import { requireProof, toLines, toUnverified, type Verification } from "./describe-verification.ts";

/** What is verified, and how. */
export interface Demand {
  /** Models; none: all. */
  readonly names: readonly string[];
  readonly deep: boolean;
  readonly repair: boolean;
}

/** Verifies models one after another, and tells of each. @throws VitrineError as requireProof does */
export async function verifyModels(
  context: Pick<CommandContext, "progress" | "signal" | "print" | "printJson">,
  { project, loader: db, live, mongo }: App,
  { names, deep, repair }: Demand,
  run: RunNotes,
): Promise<void> {
  const reports: Verification[] = [];
  const verify = async (model: DocumentModel): Promise<Verification> => {
    const step = withoutResults(context.progress).start(`Verifying ${model.name}`);
    const { signal } = context;
    const onProgress = (checked: number) => step.update(checked);
    try {
      step.update(0, await live.count(model, null));
      const verified = await verifyModel({ db, mongo, model, deep, signal, onProgress });
      return { ...verified, fault: null };
    } catch (error) {
      // Of a view that fails only its own model suffers; without a server nobody can be verified.
      const isNamed = error instanceof VitrineError && error.code === "DOCUMENT_INVALID";
      const cause = isNamed ? error.cause : error;
      if (!isSqlFault(cause)) throw error;
      return toUnverified(model.name, toReason(cause));
    } finally {
      step.end();
    }
  };
  if (repair) await requireWritable(db);
  for (const model of chooseModels(project, names)) {
    const report = await verify(model);
    reports.push(report);
    for (const line of toLines(report)) context.print(line);
    const ids = report.defects.map((defect) => defect.id);
    if (repair && ids.length > 0) await requestDocuments(db, model, ids);
  }
  context.printJson(reports);
  run.rows(reports.reduce((sum, { checked }) => sum + checked, 0));
  requireProof(reports);
}

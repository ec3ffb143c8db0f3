import type { ImportRemark } from "../core/import-rejects.ts";
import { VitrineError } from "../errors.ts";
import { type Queryable, quoteName } from "../stores/mariadb/mariadb.ts";
import type { FoundFile } from "./find-files.ts";
import { describeRemark } from "./import-remarks.ts";
import type { StagedFile } from "./stage-file.ts";

/** What an import is about to take away because a file lacks it. */
export interface Loss {
  /** The file that lacks it. */
  readonly file: string;
  /** Rows of the database that would be deleted, or lose a value or pieces. */
  readonly losing: number;
  /** Rows that the files could have named. */
  readonly concerned: number;
}

const defaultPercent = 10;
const fewRows = 100;
const shownRemarks = 10;

/**
 * Stops an import that would delete more than a share of what it concerns, and at least 100 rows; or anything
 * when the file holds no line at all.
 * @throws VitrineError IMPORT_REFUSED that tells the numbers and what to do.
 */
export function refuseLoss(
  { file, losing, concerned }: Loss,
  staged: readonly StagedFile[],
  allowed: true | number | undefined,
): void {
  if (allowed === true || losing === 0) return;
  const percent = allowed ?? defaultPercent;
  const isEmpty = staged.some((one) => one.file === file && one.rows === 0);
  if (!isEmpty && (losing < fewRows || losing * 100 <= concerned * percent)) return;
  const share = ((losing * 100) / concerned).toFixed(1);
  const why = isEmpty ? `${file} holds no line.` : `That is over ${percent} %: perhaps a file is not whole.`;
  throw new VitrineError(
    "IMPORT_REFUSED",
    `Of ${toText(concerned)} rows that the files concern, ${toText(losing)} (${share} %) would be deleted or lose ` +
      `what they hold, because ${file} lacks it. ${why} Nothing was imported. Fetch the files again, or give ` +
      "--allow-deletes if this is meant.",
    { details: { file, losing, concerned, percent } },
  );
}

/**
 * A file of which every record was refused is a wrong file, and the others are not imported without it.
 * @throws VitrineError IMPORT_REFUSED with the reasons.
 */
export async function refuseEmptied(
  connection: Queryable,
  files: readonly FoundFile[],
  staged: readonly StagedFile[],
  remarks: readonly ImportRemark[],
): Promise<void> {
  const emptied: string[] = [];
  for (const { definition } of files) {
    if (!staged.some(({ file, rows }) => file === definition.file && rows > 0)) continue;
    const sql = `select 1 from ${quoteName(definition.staging)} where fault is null limit 1`;
    if ((await connection.query(sql)).length === 0) emptied.push(definition.file);
  }
  if (emptied.length === 0) return;
  const rejects = remarks.filter(({ severity, file }) => severity === "reject" && emptied.includes(file));
  throw refusal(`Every line of ${emptied.join(" and of ")} was refused. Nothing was imported.`, rejects);
}

/**
 * For who wants all lines or nothing.
 * @throws VitrineError IMPORT_REFUSED with the reasons when a line was refused.
 */
export function refuseRejects(remarks: readonly ImportRemark[]): void {
  const rejects = remarks.filter(({ severity }) => severity === "reject");
  if (rejects.length === 0) return;
  const lines = rejects.reduce((sum, { count }) => sum + count, 0);
  throw refusal(
    `${lines === 1 ? "1 line was" : `${toText(lines)} lines were`} refused, and --strict allows none. Nothing was imported.`,
    rejects,
  );
}

/** `vitrine_import_reject` is rolled back with all the rest, so the message says why. */
function refusal(what: string, rejects: readonly ImportRemark[]): VitrineError {
  const shown = rejects.slice(0, shownRemarks).map((remark) => `\n  ${describeRemark(remark)}`);
  const more = rejects.length > shownRemarks ? `\n  and ${rejects.length - shownRemarks} more reasons` : "";
  return new VitrineError("IMPORT_REFUSED", `${what}${shown.join("")}${more}`, { details: { rejects } });
}

const toText = (count: number): string => count.toLocaleString("en");

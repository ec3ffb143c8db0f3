import type { Queryable } from "../stores/mariadb/mariadb.ts";
import { printMoment, readMoment } from "./moments.ts";

/** The table `vitrine_audit`: who called which procedure that writes, and what became of it. */

/**
 * `refused`: by a rule, by the tables or by access; `failed`: for a reason that is not the caller's; `unknown`: the commit
 * was not answered. If it was made, the call has a row `succeeded` of the same request, too.
 */
export const auditOutcomes = ["succeeded", "refused", "failed", "unknown"] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** A call as it is noted. Arguments and result are without values of personal fields. */
export interface AuditEntry {
  readonly principal: string;
  readonly role: string;
  readonly requestId: string;
  /** As its document names it. */
  readonly operation: string | null;
  /** SHA-256 of the document's text, in hexadecimal. */
  readonly documentHash: string | null;
  readonly procedure: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Null: it did not succeed. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly outcome: AuditOutcome;
  /** Of the error that its client was told. */
  readonly code: string | null;
}

/** A row; moments are of RFC 3339, UTC: `2026-11-30T13:45:00.000Z`. */
export interface AuditRow extends AuditEntry {
  readonly auditId: number;
  readonly calledAt: string;
}

export interface AuditFilter {
  readonly principal?: string | undefined;
  readonly role?: string | undefined;
  readonly procedure?: string | undefined;
  readonly outcome?: AuditOutcome | undefined;
  /** Calls at this moment or later. */
  readonly since?: Date | undefined;
  /** At most so many, the newest. */
  readonly first: number;
}

/** JSON of arguments or of a result has at most so many characters. */
const MOST_CHARACTERS = 4000;
/** Rows that one statement drops: locks are held for moments only. */
const DROPPED_AT_ONCE = 5000;

/** Notes a call. Over the connection of the call's own transaction the row stands or falls with what the call did. */
export async function noteCall(db: Pick<Queryable, "run">, entry: AuditEntry): Promise<void> {
  await db.run(
    `insert into vitrine_audit (principal, role, request_id, operation, document_hash, procedure_name,
      arguments, result, outcome, code) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      entry.principal.slice(0, 255),
      entry.role.slice(0, 64),
      entry.requestId,
      entry.operation?.slice(0, 255) ?? null,
      entry.documentHash,
      entry.procedure,
      toText(entry.arguments),
      entry.result && toText(entry.result),
      entry.outcome,
      entry.code?.slice(0, 64) ?? null,
    ],
  );
}

/** What is too long is told by its size: part of a JSON text is none. */
function toText(values: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(values);
  if (text.length <= MOST_CHARACTERS) return text;
  const short = Object.entries(values).map(([name, value]) => {
    const own = JSON.stringify(value) ?? "";
    return [name, own.length > 100 ? `(${own.length} characters)` : value];
  });
  const shortened = JSON.stringify(Object.fromEntries(short));
  return shortened.length <= MOST_CHARACTERS
    ? shortened
    : JSON.stringify({ "": `(${text.length} characters)` });
}

/** The calls that fit, newest first. */
export async function readAudit(
  db: Pick<Queryable, "query">,
  { principal, role, procedure, outcome, since, first }: AuditFilter,
): Promise<readonly AuditRow[]> {
  const given: readonly (readonly [sql: string, value: string | undefined])[] = [
    ["principal = ?", principal],
    ["role = ?", role],
    ["procedure_name = ?", procedure],
    ["outcome = ?", outcome],
    ["called_at >= ?", since && printMoment(since)],
  ];
  const conditions = given.filter(([, value]) => value !== undefined);
  const where = conditions.length === 0 ? "" : `where ${conditions.map(([sql]) => sql).join(" and ")}`;
  const rows = await db.query<
    Omit<AuditRow, "auditId" | "arguments" | "result"> & {
      id: string;
      given: string;
      answered: string | null;
    }
  >(
    `select audit_id as id, called_at as calledAt, principal, role, request_id as requestId, operation,
      document_hash as documentHash, procedure_name as \`procedure\`, arguments as given, result as answered,
      outcome, code
    from vitrine_audit ${where} order by called_at desc, audit_id desc limit ?`,
    [...conditions.map(([, value]) => value), first],
  );
  return rows.map(({ id, given: args, answered, calledAt, ...row }) => ({
    ...row,
    auditId: Number(id),
    calledAt: readMoment(calledAt).toISOString(),
    arguments: JSON.parse(args) as AuditRow["arguments"],
    result: answered === null ? null : (JSON.parse(answered) as AuditRow["arguments"]),
  }));
}

/** Drops the calls of more than so many days ago. Returns how many. */
export async function forgetCalls(db: Pick<Queryable, "run">, keptDays: number): Promise<number> {
  let dropped = 0;
  for (;;) {
    const { affectedRows } = await db.run(
      `delete from vitrine_audit where called_at < utc_timestamp() - interval ? day
      order by called_at limit ${DROPPED_AT_ONCE}`,
      [keptDays],
    );
    dropped += affectedRows;
    if (affectedRows < DROPPED_AT_ONCE) return dropped;
  }
}

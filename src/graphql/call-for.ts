import { type AuditEntry, noteCall } from "../core/audit.ts";
import { errorCatalogue, VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { ArgumentField, ProcedureDefinition, ResultField } from "../models/procedure.ts";
import type { CallOptions, ProcedureAnswer, ProcedureCaller } from "../stores/mariadb/call-procedure.ts";
import type { MariaDb, Queryable } from "../stores/mariadb/mariadb.ts";
import { toGraphQLError } from "./graphql-errors.ts";
import type { RequestState } from "./yoga.ts";

/** Where calls of principals with a role are noted. */
export interface CallLog {
  /** Over the connection of the call, in its transaction. */
  note(connection: Queryable, entry: AuditEntry): Promise<void>;
  /** Of a call that was not made, or of which nobody knows: nothing is lost with it but this, so it never rejects. */
  noteUnmade(entry: AuditEntry): Promise<void>;
}

/** Notes calls in `vitrine_audit`. @param writer the account that calls: it may add there, and no more */
export const createCallLog = (writer: MariaDb, logger: Pick<Logger, "error">): CallLog => ({
  note: noteCall,
  noteUnmade: async (entry) => {
    const { requestId, principal, procedure, code } = entry;
    await noteCall(writer, entry).catch((err: unknown) =>
      logger.error({ requestId, principal, procedure, code, err }, "a call could not be noted in the audit"),
    );
  },
});

interface Call {
  readonly procedure: ProcedureDefinition;
  /** In canonical form. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Calls a procedure on behalf of whoever asks: the database's session knows them meanwhile, and a call that writes is
 * noted, with what it did or with why it did nothing. Where nobody is asked who they are it is called, and that is all.
 * @throws VitrineError as ProcedureCaller
 */
export async function callFor(
  { principal, exchange }: Pick<RequestState, "principal" | "exchange">,
  { procedures, callLog }: { readonly procedures: ProcedureCaller; readonly callLog?: CallLog | undefined },
  { procedure, args, signal, timeoutMs }: Call,
): Promise<ProcedureAnswer> {
  const { name, role } = principal;
  if (role === null) return procedures.call(procedure, args, signal, { timeoutMs });
  const entry = {
    principal: name,
    role,
    requestId: exchange.requestId,
    operation: exchange.operation ?? null,
    documentHash: exchange.documentHash ?? null,
    procedure: procedure.name,
    arguments: withoutPersonal(procedure.arguments, args),
  };
  const options: CallOptions = {
    timeoutMs,
    caller: { name, role },
    ...(callLog && {
      beforeCommit: (connection, called) =>
        callLog.note(connection, {
          ...entry,
          arguments: withoutPersonal(called.procedure.arguments, called.args),
          result: withoutPersonal(called.procedure.result, called.values),
          ...{ outcome: "succeeded", code: null },
        }),
    }),
  };
  try {
    return await procedures.call(procedure, args, signal, options);
  } catch (error) {
    const code = String(toGraphQLError(error).extensions.code);
    if (procedure.kind === "mutation")
      await callLog?.noteUnmade({ ...entry, result: null, outcome: outcomeOf(error), code });
    throw error;
  }
}

/** What a rule, the tables or access refuse is the caller's to mend. */
function outcomeOf(error: unknown): "refused" | "failed" | "unknown" {
  if (!(error instanceof VitrineError)) return "failed";
  const { code } = error;
  if (code === "OUTCOME_UNKNOWN") return "unknown";
  const isRefused = code === "RULE_VIOLATED" || errorCatalogue[code].exit === 2 || code === "FORBIDDEN";
  return isRefused ? "refused" : "failed";
}

/** Values by name, `_` in place of those of personal fields. */
function withoutPersonal(
  fields: Readonly<Record<string, ArgumentField | ResultField>>,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const shown = Object.entries(fields).flatMap(([name, field]): (readonly [string, unknown])[] => {
    const value = values[name];
    if (field.kind === "link" || value === undefined) return [];
    if (field.pii && value !== null) return [[name, "_"]];
    if (field.kind !== "list" || !Array.isArray(value)) return [[name, value]];
    return [
      [
        name,
        value.map((item: Readonly<Record<string, unknown>>) => withoutPersonal(field.item.fields, item)),
      ],
    ];
  });
  return Object.fromEntries(shown);
}

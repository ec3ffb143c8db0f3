import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";
import { toColumnName } from "../../models/model.ts";
import type { ProcedureDefinition, Rule } from "../../models/procedure.ts";
import type { FilterValue } from "../document-store.ts";
import { startTimeLimit, type TimeLimit, whileWanted } from "../time-limit.ts";
import { toCanonical, toFieldName, toSql } from "./canonical-parameters.ts";
import { holdTime, releaseTime } from "./hold-time.ts";
import { limitPool } from "./limited-pool.ts";
import {
  type MariaDb,
  type MariaDbConnection,
  type Queryable,
  quoteName,
  type Row,
  sqlErrorOf,
} from "./mariadb.ts";
import { readParameters } from "./procedure-parameters.ts";
import { describeRefusal, readRefusal } from "./read-refusal.ts";
import { takeToken } from "./take-token.ts";

export interface ProcedureAnswer {
  /** Values of the result's scalar fields, in canonical form. */
  readonly values: Readonly<Record<string, FilterValue | null>>;
  /** Names a position after the commit; null for a query, and when the server went away right after the commit. */
  readonly token: string | null;
}

/** What was called in the end, which may be more than whoever asked has given. */
export interface Called {
  readonly procedure: ProcedureDefinition;
  readonly args: Readonly<Record<string, unknown>>;
  readonly values: ProcedureAnswer["values"];
}

export interface CallOptions {
  /** Default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** On whose behalf: `@vitrine_principal` and `@vitrine_role` while the procedure runs. Default: nobody's, both are null. */
  readonly caller?: { readonly name: string; readonly role: string };
  /** Done after a mutation in its transaction: what it rejects with undoes the call. Again when the call is tried again. */
  readonly beforeCommit?: (connection: Queryable, called: Called) => Promise<void>;
}

export interface ProcedureCaller {
  /**
   * Calls a procedure with arguments in canonical form; a mutation in one transaction, all of one time, tried again
   * after a deadlock. When `signal` is aborted, or `timeoutMs` have passed, before the commit is sent, nothing is changed; a commit that
   * was sent is waited for. @throws VitrineError RULE_VIOLATED for a rule of the domain, BAD_INPUT for values that the
   * tables refuse, QUERY_TIMEOUT also for a lock that does not come free, OUTCOME_UNKNOWN for a commit without answer
   */
  call(
    procedure: ProcedureDefinition,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    options?: CallOptions,
  ): Promise<ProcedureAnswer>;
}

const ATTEMPTS = 5;
/** Deadlock, record changed since last read (snapshot isolation). */
const transient = new Set([1213, 1020]);
const LOCK_WAIT_TIMEOUT = 1205;
/** What the rules of a domain are signalled with. */
const RULE_STATE = "45000";
/** Null, out of range, malformed, too long, unknown parent, still referenced, duplicate, check constraint. */
const refusedValues = new Set([1048, 1264, 1292, 1366, 1406, 1451, 1452, 1062, 4025]);

/** Calls procedures through `db`, whose account may execute them; `rules` are those of all domains. */
export function createProcedureCaller(db: MariaDb, rules: Readonly<Record<number, Rule>>): ProcedureCaller {
  return {
    async call(procedure, args, signal, { timeoutMs, caller, beforeCommit } = {}) {
      const limit = startTimeLimit({ signal, timeoutMs });
      const isQuery = procedure.kind === "query";
      const attempt = () =>
        limitPool(db, limit).withConnection(async (connection) => {
          await connection.run(isQuery ? "start transaction read only" : "start transaction");
          if (!isQuery) await holdTime(connection);
          if (caller) await tellCaller(connection, caller.name, caller.role);
          const values = await callOnce(connection, procedure, args, limit).catch(async (error: unknown) => {
            const { errno = 0, sqlState } = sqlErrorOf(error) ?? {};
            const isRule = sqlState === RULE_STATE || errno in rules;
            throw isRule ? await toRuleError(error, { connection, procedure, args, rules }) : error;
          });
          if (!isQuery) await beforeCommit?.(connection, { procedure, args, values });
          // A connection whose work failed is closed, and nobody's any more.
          if (caller) await tellCaller(connection, null, null);
          if (!isQuery) await releaseTime(connection);
          // A killed sleep returns 1 instead of failing, and the procedure goes on: commit() looks at the signal.
          await connection.commit();
          // Over the same connection: the pool may be used up. The write stands, with or without a token.
          return { values, token: isQuery ? null : await takeToken(connection).catch(() => null) };
        });
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt();
        } catch (error) {
          if (signal.aborted && !isOutcomeUnknown(error)) throw signal.reason;
          const errno = sqlErrorOf(error)?.errno ?? 0;
          if (!transient.has(errno) || tries === ATTEMPTS) throw toCallError(error, procedure);
          await whileWanted(wait(Math.random() * 20 * 2 ** tries), signal);
        }
      }
    },
  };
}

/** What triggers and procedures may ask for; null: nobody. */
const tellCaller = (connection: Queryable, name: string | null, role: string | null) =>
  connection.run("set @vitrine_principal = ?, @vitrine_role = ?", [name, role]);

const isOutcomeUnknown = (error: unknown): boolean =>
  error instanceof VitrineError && error.code === "OUTCOME_UNKNOWN";

async function callOnce(
  connection: MariaDbConnection,
  procedure: ProcedureDefinition,
  args: Readonly<Record<string, unknown>>,
  limit: TimeLimit,
): Promise<Readonly<Record<string, FilterValue | null>>> {
  const parameters = await readParameters(connection, procedure.name);
  const values: unknown[] = [];
  const slots = parameters.map(({ name, mode }) => {
    if (mode !== "IN") return `@${quoteName(name)}`;
    const value = args[toFieldName(name)];
    values.push(typeof value === "object" && value !== null ? JSON.stringify(value) : toSql(value));
    return "?";
  });
  const answer = await connection.query<object>(
    `${within(limit)} call ${quoteName(procedure.name)}(${slots.join(", ")})`,
    values,
  );
  const outs = parameters.filter((parameter) => parameter.mode !== "IN");
  const [out] =
    outs.length === 0
      ? []
      : await connection.query(
          `select ${outs.map(({ name }) => `@${quoteName(name)} as ${quoteName(name)}`).join(", ")}`,
        );
  // Without result sets the driver gives a header; with them a list of row lists and a header.
  const first: unknown = Array.isArray(answer) ? answer[0] : undefined;
  const row = Array.isArray(first) ? (first[0] as Row | undefined) : undefined;
  return Object.fromEntries(
    Object.entries(procedure.result).flatMap(([name, field]) => {
      if (field.kind === "link") return [];
      const column = toColumnName(name);
      return [[name, toCanonical(field, out?.[`out_${column}`] ?? row?.[column] ?? null)]];
    }),
  );
}

/**
 * What is left of the time binds the server too: no lock is waited for longer, and the call ends by itself. Nobody else
 * may be able to end it: inside a procedure a thread belongs to the procedure's definer.
 */
function within(limit: TimeLimit): string {
  const seconds = limit.leftMs() / 1000;
  if (seconds === Number.POSITIVE_INFINITY) return "";
  const whole = Math.max(Math.floor(seconds), 1);
  return `set statement max_statement_time = ${Math.ceil(seconds * 1000) / 1000},
    innodb_lock_wait_timeout = ${whole}, lock_wait_timeout = ${whole} for`;
}

interface Call {
  readonly connection: MariaDbConnection;
  readonly procedure: ProcedureDefinition;
  readonly args: Readonly<Record<string, unknown>>;
  readonly rules: Readonly<Record<number, Rule>>;
}

/** What a rule of the domain says: its code, the ids that it is about, the argument that it belongs to. */
async function toRuleError(
  error: unknown,
  { connection, procedure, args, rules }: Call,
): Promise<VitrineError> {
  const { errno = 0, message = "" } = sqlErrorOf(error) ?? {};
  // Without what it says beside, it is refused all the same.
  const about = await readRefusal(connection).then(
    (refusal) => describeRefusal(refusal, procedure, args),
    () => ({}),
  );
  return new VitrineError("RULE_VIOLATED", message, {
    cause: error,
    details: { ...about, rule: rules[errno]?.code ?? "RULE_VIOLATED", number: errno },
  });
}

function toCallError(error: unknown, procedure: ProcedureDefinition): unknown {
  const sql = error instanceof VitrineError && error.code === "RULE_VIOLATED" ? undefined : sqlErrorOf(error);
  if (!sql) return error;
  if (sql.errno === LOCK_WAIT_TIMEOUT)
    return new VitrineError(
      "QUERY_TIMEOUT",
      `${procedure.name} waited longer than allowed for a lock that another transaction holds. Nothing was changed: try again.`,
      { cause: error },
    );
  if (refusedValues.has(sql.errno))
    return new VitrineError("BAD_INPUT", `${procedure.name}: the database refuses these values.`, {
      cause: error,
    });
  return error;
}

import { setTimeout as wait } from "node:timers/promises";
import { VitrineError } from "../../errors.ts";
import type { ScalarField } from "../../models/field.ts";
import { toColumnName } from "../../models/model.ts";
import type { ProcedureDefinition, Rule } from "../../models/procedure.ts";
import type { FilterValue } from "../document-store.ts";
import { takeToken } from "../write-token.ts";
import { holdTime, releaseTime } from "./hold-time.ts";
import { type MariaDb, type MariaDbConnection, quoteName, type Row, sqlErrorOf } from "./mariadb.ts";
import { readParameters } from "./procedure-parameters.ts";

export interface ProcedureAnswer {
  /** Values of the result's scalar fields, in canonical form. */
  readonly values: Readonly<Record<string, FilterValue | null>>;
  /** Names a position after the commit; null for a query, and when the server went away right after the commit. */
  readonly token: string | null;
}

export interface ProcedureCaller {
  /**
   * Calls a procedure with arguments in canonical form; a mutation in one transaction, all of one time, tried again after a
   * deadlock or a lock timeout.
   * @throws VitrineError RULE_VIOLATED for a rule of the domain, BAD_INPUT for values that the tables refuse
   */
  call(
    procedure: ProcedureDefinition,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ProcedureAnswer>;
}

const ATTEMPTS = 5;
/** Deadlock, lock wait timeout, record changed since last read (snapshot isolation). */
const transient = new Set([1213, 1205, 1020]);
/** Null, out of range, malformed, too long, unknown parent, still referenced, duplicate, check constraint. */
const refusedValues = new Set([1048, 1264, 1292, 1366, 1406, 1451, 1452, 1062, 4025]);

/** Calls procedures through `db`, whose account may execute them; `rules` are those of all domains. */
export function createProcedureCaller(db: MariaDb, rules: Readonly<Record<number, Rule>>): ProcedureCaller {
  const attempt = (
    procedure: ProcedureDefinition,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ) =>
    db.withConnection(async (connection) => {
      const stop = cancelOn(signal, db, connection);
      try {
        await connection.run(
          procedure.kind === "query" ? "start transaction read only" : "start transaction",
        );
        if (procedure.kind === "mutation") await holdTime(connection);
        const values = await callOnce(connection, procedure, args);
        // A killed sleep returns 1 instead of failing, and the procedure goes on.
        signal.throwIfAborted();
        await connection.run("commit");
        if (procedure.kind === "mutation") await releaseTime(connection);
        return values;
      } finally {
        stop();
      }
    });
  return {
    async call(procedure, args, signal) {
      for (let tries = 1; ; tries += 1) {
        try {
          const values = await attempt(procedure, args, signal);
          const token = procedure.kind === "query" ? null : await takeToken(db).catch(() => null);
          return { values, token };
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          const errno = sqlErrorOf(error)?.errno ?? 0;
          if (!transient.has(errno) || tries === ATTEMPTS) throw toRuleError(error, procedure, rules);
          await wait(Math.random() * 20 * 2 ** tries);
        }
      }
    },
  };
}

async function callOnce(
  connection: MariaDbConnection,
  procedure: ProcedureDefinition,
  args: Readonly<Record<string, unknown>>,
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
    `call ${quoteName(procedure.name)}(${slots.join(", ")})`,
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

/** `in_order_id` → `orderId`. */
const toFieldName = (parameter: string): string =>
  parameter.replace(/^in_/, "").replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function toSql(value: unknown): string | number | boolean | null {
  if (typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "string") return null;
  // Canonical moments end with Z, which MariaDB's literals do not take.
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? value.replace("T", " ").slice(0, -1) : value;
}

function toCanonical(field: ScalarField, value: Row[string]): FilterValue | null {
  if (value === null) return null;
  switch (field.kind) {
    case "int":
      return Number(value);
    case "boolean":
      return Number(value) === 1;
    case "decimal": {
      const [whole = "0", fraction = ""] = String(value).split(".");
      return field.scale === 0
        ? whole
        : `${whole}.${fraction.slice(0, field.scale).padEnd(field.scale, "0")}`;
    }
    case "dateTime": {
      const [moment = "", fraction = ""] = String(value).replace(" ", "T").split(".");
      return `${moment}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
    }
    case "bigint":
    case "string":
    case "enumeration":
    case "date":
      return String(value);
  }
}

/** Ends the statement in MariaDB when the request is over; its transaction is rolled back. */
function cancelOn(signal: AbortSignal, db: MariaDb, { raw }: MariaDbConnection): () => void {
  const kill = () => {
    db.query(`kill query ${raw.threadId}`).catch(() => undefined); // it has just ended by itself
  };
  signal.throwIfAborted();
  signal.addEventListener("abort", kill, { once: true });
  return () => signal.removeEventListener("abort", kill);
}

function toRuleError(
  error: unknown,
  procedure: ProcedureDefinition,
  rules: Readonly<Record<number, Rule>>,
): unknown {
  const sql = sqlErrorOf(error);
  if (!sql) return error;
  const rule = rules[sql.errno];
  if (rule || sql.sqlState === "45000")
    return new VitrineError("RULE_VIOLATED", sql.message, {
      cause: error,
      details: { rule: rule?.code ?? "RULE_VIOLATED", number: sql.errno },
    });
  if (refusedValues.has(sql.errno))
    return new VitrineError("BAD_INPUT", `${procedure.name}: the database refuses these values.`, {
      cause: error,
    });
  return error;
}

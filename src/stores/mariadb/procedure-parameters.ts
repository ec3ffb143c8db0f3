import type { ScalarField } from "../../models/field.ts";
import { toColumnName } from "../../models/model.ts";
import type { ArgumentField, ProcedureDefinition } from "../../models/procedure.ts";
import type { Queryable } from "./mariadb.ts";

export interface Parameter {
  readonly name: string;
  readonly mode: "IN" | "OUT" | "INOUT";
  /** `int`, `decimal`, `varchar`, …; JSON is `longtext`. */
  readonly type: string;
  readonly scale: number | null;
}

/** The parameters of a procedure of this database, in order, as the server knows them. */
export function readParameters(db: Queryable, procedure: string): Promise<readonly Parameter[]> {
  return db.query<Parameter & object>(
    `select parameter_name as name, parameter_mode as mode, data_type as type, numeric_scale as scale
     from information_schema.parameters
     where specific_schema = database() and specific_name = ? and routine_type = 'PROCEDURE'
     order by ordinal_position`,
    [procedure],
  );
}

const texts = ["varchar", "char", "text", "mediumtext", "longtext", "enum"];
const sqlTypes: Readonly<Record<ScalarField["kind"], readonly string[]>> = {
  int: ["int", "smallint", "mediumint", "tinyint"],
  bigint: ["bigint"],
  decimal: ["decimal"],
  string: texts,
  enumeration: texts,
  boolean: ["tinyint"],
  date: ["date"],
  dateTime: ["datetime", "timestamp"],
};

/**
 * Compares definitions with the procedures that the database has. Each problem is a sentence; none when all agree.
 * A mutation must be declared `modifies sql data`, a query `reads sql data`.
 */
export async function verifyProcedures(
  db: Queryable,
  procedures: readonly ProcedureDefinition[],
): Promise<readonly string[]> {
  const routines = await db.query<{ name: string; access: string }>(
    `select routine_name as name, sql_data_access as access from information_schema.routines
     where routine_schema = database() and routine_type = 'PROCEDURE'`,
  );
  const access = new Map(routines.map((routine) => [routine.name, routine.access.toLowerCase()]));
  const problems: string[] = [];
  for (const procedure of procedures) {
    const actual = access.get(procedure.name);
    if (actual === undefined) {
      problems.push(`${procedure.name}: the database has no such procedure.`);
      continue;
    }
    const wanted = procedure.kind === "query" ? "reads sql data" : "modifies sql data";
    if (actual !== wanted)
      problems.push(`${procedure.name}: is a ${procedure.kind}, so it must say \`${wanted}\`.`);
    problems.push(...compareParameters(procedure, await readParameters(db, procedure.name)));
  }
  return problems;
}

function compareParameters(procedure: ProcedureDefinition, actual: readonly Parameter[]): readonly string[] {
  const problems: string[] = [];
  const check = (name: string, field: ArgumentField, parameter: Parameter | undefined) => {
    if (!parameter) return problems.push(`${procedure.name}: has no parameter ${name}.`);
    const types = field.kind === "list" ? sqlTypes.string : sqlTypes[field.kind];
    if (!types.includes(parameter.type))
      problems.push(`${procedure.name}: ${name} is ${parameter.type} and cannot be read as ${field.kind}.`);
    else if (field.kind === "decimal" && parameter.scale !== field.scale)
      problems.push(`${procedure.name}: ${name} has scale ${parameter.scale}, not ${field.scale}.`);
  };
  const named = new Map(actual.map((parameter) => [parameter.name, parameter]));
  for (const [name, field] of Object.entries(procedure.arguments)) {
    const parameter = `in_${toColumnName(name)}`;
    check(parameter, field, named.get(parameter));
    named.delete(parameter);
  }
  for (const [name, field] of Object.entries(procedure.result)) {
    const parameter = `out_${toColumnName(name)}`;
    // Without the parameter it is a column of the selected row, which no schema describes.
    if (field.kind !== "link" && named.has(parameter)) check(parameter, field, named.get(parameter));
    named.delete(parameter);
  }
  // The variable of the session that takes it has the value of the call before.
  for (const { name, mode } of actual)
    if (mode === "INOUT")
      problems.push(
        `${procedure.name}: ${name} is inout, and nobody says what it begins with. Declare it out.`,
      );
  for (const name of named.keys())
    problems.push(`${procedure.name}: the definition lacks parameter ${name}.`);
  return problems;
}

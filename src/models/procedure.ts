import type { LinkField, ListField, ObjectField, ScalarField } from "./field.ts";

/** An argument: a scalar, or a list of objects of scalars that the procedure takes as JSON. */
export type ArgumentField = ScalarField | ListField<ObjectField<Readonly<Record<string, ScalarField>>>>;

/** What a procedure answers: scalars, and links to the documents that it touched. */
export type ResultField = ScalarField | LinkField;

/**
 * A stored procedure in GraphQL. `information_schema` says what it is; this says what that cannot: null or not, what it
 * means, which scalars. `verifyProcedures` (stores/mariadb/call-procedure.ts) proves that the two agree.
 */
export interface ProcedureDefinition {
  /** snake_case name in the database; its camelCase is the root field. */
  readonly name: string;
  readonly description: string;
  /** A mutation writes, and is called in one transaction; a query only reads. */
  readonly kind: "query" | "mutation";
  /** `orderId` is the parameter `in_order_id`; in the order of the parameters. */
  readonly arguments: Readonly<Record<string, ArgumentField>>;
  /**
   * `unitPrice` is the parameter `out_unit_price`; without such a parameter, the column `unit_price` of the single
   * row that the procedure selects. A link's key names a result or an argument.
   */
  readonly result: Readonly<Record<string, ResultField>>;
}

/** A rule of the domain that the database enforces by `signal sqlstate '45000' set mysql_errno = …`. */
export interface Rule {
  /** Stable code that clients see: UPPER_SNAKE_CASE. */
  readonly code: string;
  readonly description: string;
}

/** Checks a definition. @throws TypeError that names the procedure and the remedy. */
export function defineProcedure(definition: ProcedureDefinition): ProcedureDefinition {
  const fail = (problem: string): never => {
    throw new TypeError(`Procedure ${definition.name}: ${problem}`);
  };
  if (!/^[a-z][a-z0-9_]{0,60}$/.test(definition.name)) fail("the name must be snake_case.");
  if (Object.keys(definition.result).length === 0 && definition.kind === "query")
    fail("a query must have a result.");
  for (const name of [...Object.keys(definition.arguments), ...Object.keys(definition.result)])
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) fail(`"${name}" must be camelCase.`);
  if (definition.kind === "mutation" && "token" in definition.result)
    fail('the answer of a mutation has a field "token" already. Name the result otherwise.');
  for (const [name, field] of Object.entries(definition.result))
    if (field.kind === "link" && !(field.key in definition.arguments) && !(field.key in definition.result))
      fail(`link "${name}" goes through "${field.key}", which is neither a result nor an argument.`);
  return definition;
}

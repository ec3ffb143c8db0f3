import type { ListField, ObjectField, ScalarField } from "../../models/field.ts";
import type { ProcedureDefinition } from "../../models/procedure.ts";
import { toCanonical, toFieldName } from "./canonical-parameters.ts";
import type { MariaDbConnection } from "./mariadb.ts";

/** What a rule says beside its message, by the names that SQL has for it. */
export interface Refusal {
  /** `column_name` of the signal: the argument or column that is wrong; empty when it does not say. */
  readonly column: string;
  /** `constraint_name` of the signal: the row that is meant, as `product_id = 7 and order_id = 5`; empty likewise. */
  readonly row: string;
}

/** What the signal that has just ended a statement of this connection said: its diagnostics are kept until the next. */
export async function readRefusal(connection: MariaDbConnection): Promise<Refusal> {
  await connection.run(
    "get diagnostics condition 1 @vitrine_column = column_name, @vitrine_row = constraint_name",
  );
  const [said] = await connection.query<{ column: string | null; row: string | null }>(
    "select @vitrine_column as `column`, @vitrine_row as `row`",
  );
  return { column: said?.column ?? "", row: said?.row ?? "" };
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * The same as a client knows it: the ids of the row by their names in GraphQL (`productId: 7`), and `field`, the argument
 * that the refusal belongs to, in a list that of the item with these ids: `lines[0].quantity`.
 */
export function describeRefusal(
  { column, row }: Refusal,
  procedure: ProcedureDefinition,
  args: Arguments,
): Readonly<Record<string, unknown>> {
  const texts = [...row.matchAll(/(\w+) = (\S+?)(?= and |$)/g)].map(
    ([, name = "", value = ""]) => [toFieldName(name), value] as const,
  );
  const ids = texts.map(([name, value]) => {
    const known = findScalar(procedure, name);
    return [name, known ? toCanonical(known, value) : value] as const;
  });
  const field = column === "" ? undefined : findField(procedure, toFieldName(column), { ids, args });
  return { ...Object.fromEntries(ids), ...(field === undefined ? {} : { field }) };
}

/** What an argument of this name is, on its own or in a list. */
function findScalar({ arguments: all }: ProcedureDefinition, name: string): ScalarField | undefined {
  const own = all[name];
  if (own && own.kind !== "list") return own;
  const lists = Object.values(all).filter((field): field is Items => field.kind === "list");
  return lists.map(({ item }) => item.fields[name]).find((field) => field !== undefined);
}

type Items = ListField<ObjectField<Readonly<Record<string, ScalarField>>>>;

function findField(
  procedure: ProcedureDefinition,
  name: string,
  { ids, args }: { readonly ids: readonly (readonly [string, unknown])[]; readonly args: Arguments },
): string | undefined {
  for (const [argument, field] of Object.entries(procedure.arguments)) {
    if (argument === name) return name;
    const items = args[argument];
    if (field.kind !== "list" || !(name in field.item.fields) || !Array.isArray(items)) continue;
    const own = ids.filter(([id]) => id in field.item.fields);
    const at = items.findIndex((item: Arguments) => own.every(([id, value]) => item[id] === value));
    if (own.length > 0 && at >= 0) return `${argument}[${at}].${name}`;
  }
  return undefined;
}

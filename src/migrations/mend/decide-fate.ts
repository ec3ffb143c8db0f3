import type { NotedTables } from "../../core/noted-tables.ts";
import { VitrineError } from "../../errors.ts";
import type { MissingPart } from "../missing-parts.ts";
import { findNewNames, findNewTables } from "./find-renames.ts";

/** What a person says of tables (`ships`) and columns (`ships.name`) that are gone. */
export interface Answers {
  /** `ships.name=title`, `customers=parties` */
  readonly renamed: readonly string[];
  /** `ships.name` */
  readonly dropped: readonly string[];
}

/** What became of a table or column: its name of now, null when it was dropped; or what has to be asked. */
export type Fate =
  | { readonly question: string; readonly to?: undefined }
  | { readonly question?: undefined; readonly to: string | null };

/**
 * Decides by what a person says, else by what there is. Where something new may be what is gone, nobody but its owner
 * knows: a guess would show the values of one column as those of another.
 * @throws VitrineError USAGE for a new name that nothing has
 */
export function decideFate(
  { table, column }: Pick<MissingPart, "table" | "column">,
  { known, now }: { readonly known: NotedTables; readonly now: NotedTables },
  { renamed, dropped }: Answers,
): Fate {
  const gone = column === null ? table : `${table}.${column}`;
  const names = column === null ? [...now.keys()] : (now.get(table) ?? []).map(([name]) => name);
  const answer = renamed.find((one) => one.startsWith(`${gone}=`))?.slice(gone.length + 1);
  if (answer !== undefined) {
    const to = [answer, answer.slice(table.length + 1)].find((name) => names.includes(name));
    if (to !== undefined) return { to };
    const where = column === null ? "The database has no table" : `Table ${table} has no column`;
    throw new VitrineError("USAGE", `${where} ${answer}. It has: ${names.join(", ")}.`);
  }
  if (dropped.includes(gone)) return { to: null };
  const [first, ...others] =
    column === null
      ? findNewTables(known, now, table)
      : findNewNames(known.get(table) ?? [], now.get(table) ?? [], column);
  if (first === undefined) return { to: null };
  const like = column === null ? "of the same columns" : "of the same type";
  return {
    question: `${gone} is gone, and ${[first, ...others].join(", ")} ${like} came: was it renamed, or dropped? Say \`vitrine mend --renamed '${gone}=${first}'\`, or \`--dropped '${gone}'\`.`,
  };
}

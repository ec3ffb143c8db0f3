import { BSON } from "mongodb";
import type { DocumentModel } from "../../models/model.ts";
import { namesPersonal, type SentStatement } from "../sent-statement.ts";

/** A read as MongoDB is asked it. */
export interface MirrorCommand {
  readonly collection: string;
  /** Of a find or a count. */
  readonly filter?: object;
  readonly projection?: object | undefined;
  readonly sort?: object | undefined;
  readonly limit?: number | undefined;
  /** Of an aggregation, in place of all else. */
  readonly stages?: readonly object[];
  readonly isCount?: boolean;
}

/** The command in the words of MongoDB's shell, without what personal fields are compared with. */
export function describeCommand(
  model: DocumentModel,
  command: MirrorCommand,
  names: readonly string[],
): Pick<SentStatement, "text" | "values"> {
  const isWithheld = namesPersonal(model, names);
  return {
    text: toShellText(command, (value) => (isWithheld ? withhold(value) : value)),
    values: isWithheld ? null : [],
  };
}

function toShellText(command: MirrorCommand, show: (value: object) => unknown): string {
  const { filter = {}, projection, sort, limit, stages, isCount = false } = command;
  const collection = `db.getCollection(${JSON.stringify(command.collection)})`;
  if (stages) {
    const shown = stages.map((stage) =>
      "$match" in stage ? { $match: show(stage.$match as object) } : stage,
    );
    return `${collection}.aggregate(${toText(shown)})`;
  }
  if (isCount) return `${collection}.countDocuments(${toText(show(filter))})`;
  const asked = [show(filter), ...(projection ? [projection] : [])].map(toText).join(", ");
  const order = sort ? `.sort(${toText(sort)})` : "";
  return `${collection}.find(${asked})${order}${limit === undefined ? "" : `.limit(${limit})`}`;
}

const toText = (value: unknown): string => BSON.EJSON.stringify(value, { relaxed: true });

/** The shape of a filter: what is compared is "?". A text with a `$` is a path in an expression only, and not as a literal. */
function withhold(value: unknown, isExpression = false): unknown {
  if (Array.isArray(value)) return value.map((inner) => withhold(inner, isExpression));
  if (isExpression && typeof value === "string" && value.startsWith("$")) return value;
  const isPlain =
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return "?";
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      withhold(inner, key === "$expr" || (isExpression && key !== "$literal")),
    ]),
  );
}

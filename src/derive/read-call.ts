import { isAggregate, isNondeterministic } from "./functions.ts";
import { at, type Json, listAt, readName, readTag, textAt } from "./parser-tree.ts";
import type { Reader } from "./reader.ts";
import { refuse } from "./refusal.ts";
import type { Expr, Part } from "./sql-tree.ts";

/** Reads the call of a function. @throws Refusal for stored functions and for what is not a function of rows. */
export function readCall(content: Json, read: Reader): Expr {
  const { parts: names, isQuoted } = readName(at(content, "name"));
  const name = names.join(".").toLowerCase();
  // The server puts the names of stored functions in quotes, and of its own functions never.
  if (isQuoted || names.length > 1)
    refuse(`${name} is a stored function`, "Write its SQL into the view: what it reads cannot be seen.");
  if (isNondeterministic(name, listAt(content, "args", "List", "args").length))
    refuse(`${name}() is not a function of rows`, "Take it out: nothing tells the mirror when it changes.");
  const args: Expr[] = [];
  const add = (node: Json): Expr => {
    const expr = read.expression(node);
    args.push(expr);
    return expr;
  };
  const parts: Part[] = [`${name}(`];
  if (textAt(content, "args", "List", "duplicate_treatment") === "Distinct") parts.push("distinct ");
  for (const [index, arg] of listAt(content, "args", "List", "args").entries()) {
    if (index > 0) parts.push(", ");
    parts.push(
      isUnit(name, index) ? textAt(arg, "Unnamed", "Expr", "Identifier", "value") : add(readArg(arg)),
    );
  }
  for (const clause of listAt(content, "args", "List", "clauses")) parts.push(...readClause(clause, add));
  parts.push(")");
  const over = at(content, "over");
  if (over === null) return { kind: "call", name, args, parts, aggregate: isAggregate(name) };
  const partition = listAt(over, "WindowSpec", "partition_by").map(add);
  parts.push(...readWindow(over, partition, add));
  return { kind: "call", name, args, parts, aggregate: false, partition };
}

/** `timestampdiff(MONTH, …)`: its first argument is a unit. */
const isUnit = (name: string, index: number): boolean =>
  index === 0 && (name === "timestampdiff" || name === "timestampadd");

function readArg(node: Json): Json {
  const [tag, content] = readTag(node);
  const [form, expr] = tag === "Unnamed" ? readTag(content) : ["", null];
  return form === "Expr" ? expr : refuse("An argument is not understood", "Write it in another way.");
}

function readClause(clause: Json, add: (node: Json) => Expr): readonly Part[] {
  const [tag, content] = readTag(clause);
  if (tag === "OrderBy") return readOrder(Array.isArray(content) ? content : [], add);
  if (tag === "Limit") return [" limit ", add(content)];
  if (tag === "Separator")
    return [
      " separator ",
      add({
        Value: {
          value: {
            SingleQuotedString:
              textAt(content, "value", "SingleQuotedString") || textAt(content, "SingleQuotedString"),
          },
        },
      }),
    ];
  return refuse(`The clause ${tag} of an aggregate is not understood`, "Write it in another way.");
}

function readOrder(list: readonly Json[], add: (node: Json) => Expr): readonly Part[] {
  return list.flatMap((one, index) => [
    index === 0 ? " order by " : ", ",
    add(at(one, "expr")),
    at(one, "options", "asc") === false ? " desc" : "",
  ]);
}

function readWindow(over: Json, partition: readonly Expr[], add: (node: Json) => Expr): readonly Part[] {
  if (at(over, "WindowSpec") === null) refuse("A named window is not understood", "Write it out after OVER.");
  const parts: Part[] = [" over ("];
  for (const [index, expr] of partition.entries()) parts.push(index === 0 ? "partition by " : ", ", expr);
  parts.push(...readOrder(listAt(over, "WindowSpec", "order_by"), add));
  const frame = at(over, "WindowSpec", "window_frame");
  if (frame !== null) {
    const units = textAt(frame, "units").toLowerCase();
    const end = at(frame, "end_bound");
    const start = readBound(at(frame, "start_bound"), add);
    parts.push(
      ...(end === null
        ? [` ${units} `, ...start]
        : [` ${units} between `, ...start, " and ", ...readBound(end, add)]),
    );
  }
  return [...parts, ")"];
}

function readBound(bound: Json, add: (node: Json) => Expr): readonly Part[] {
  const [tag, content] = readTag(bound);
  if (tag === "CurrentRow") return ["current row"];
  const word = tag.toLowerCase();
  return content === null ? [`unbounded ${word}`] : [add(content), ` ${word}`];
}

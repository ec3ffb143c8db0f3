import { quoteName } from "../stores/mariadb/mariadb.ts";
import { divMark } from "./normalise-text.ts";
import { at, type Json, listAt, readName, readTag, textAt } from "./parser-tree.ts";
import { readCall } from "./read-call.ts";
import { readType, readUnit } from "./read-type.ts";
import type { Reader } from "./reader.ts";
import { refuse } from "./refusal.ts";
import { binary, type Expr, literal, type Part, type Query } from "./sql-tree.ts";

const binaryNames: Readonly<Record<string, string>> = {
  ...{ Plus: "+", Minus: "-", Multiply: "*", Divide: "/", Modulo: "%", And: "and", Or: "or", Xor: "xor" },
  ...{ Eq: "=", NotEq: "<>", Lt: "<", Gt: ">", LtEq: "<=", GtEq: ">=", Spaceship: "<=>" },
  ...{ BitwiseAnd: "&", BitwiseOr: "|", BitwiseXor: "^" },
  ...{ PGBitwiseShiftLeft: "<<", PGBitwiseShiftRight: ">>" },
};
const unaryNames: Readonly<Record<string, string>> = { Minus: "-", Not: "not ", BitwiseNot: "~" };
const isNames: Readonly<Record<string, string>> = {
  ...{ IsNull: "is null", IsNotNull: "is not null", IsTrue: "is true", IsNotTrue: "is not true" },
  ...{ IsFalse: "is false", IsNotFalse: "is not false", IsUnknown: "is unknown" },
};

/** Any operator or function without a form of its own: what it is called, and the parts that it prints as. */
const operator = (name: string, args: readonly Expr[], parts: readonly Part[]): Expr => ({
  ...{ kind: "operator", name, args, parts },
});

/** Reads an expression from the parser's tree. @throws Refusal when a construct is not known. */
export function readExpression(node: Json, read: Reader): Expr {
  const [tag, content] = readTag(node);
  const known = readers[tag];
  if (known) return known(content, read);
  const is = isNames[tag];
  if (is === undefined) return refuse(`The construct ${tag} is not understood`, "Write it in another way.");
  const arg = read.expression(content);
  return operator(is, [arg], ["(", arg, ` ${is})`]);
}

const readers: Readonly<Record<string, (content: Json, read: Reader) => Expr>> = {
  Identifier: (content) => readColumn([content]),
  CompoundIdentifier: (content) => readColumn(Array.isArray(content) ? content : []),
  Value: (content) => readValue(at(content, "value")),
  Prefixed: (content, read) => {
    const value = read.expression(at(content, "value"));
    return literal(`${textAt(content, "prefix", "value")}${value.kind === "literal" ? value.text : ""}`);
  },
  TypedString: (content) => {
    const value = readValue(at(content, "value", "value"));
    return literal(`${readType(at(content, "data_type"))}${value.kind === "literal" ? value.text : ""}`);
  },
  Nested: (content, read) => read.expression(content),
  BinaryOp: readBinary,
  UnaryOp: (content, read) => {
    const op = textAt(content, "op");
    const name = unaryNames[op] ?? refuse(`The operator ${op} is not understood`, "Write it in another way.");
    const arg = read.expression(at(content, "expr"));
    return operator(name.trim(), [arg], ["(", name, arg, ")"]);
  },
  Between: (content, read) => {
    const args = ["expr", "low", "high"].map((key) => read.expression(at(content, key)));
    const name = `${not(content)}between`;
    return operator(name, args, ["(", ...interleave(args, [` ${name} `, " and "]), ")"]);
  },
  InList: (content, read) => {
    const arg = read.expression(at(content, "expr"));
    const list = listAt(content, "list").map(read.expression);
    const name = `${not(content)}in`;
    return operator(name, [arg, ...list], ["(", arg, ` ${name} (`, ...separate(list), "))"]);
  },
  Like: (content, read) => readPattern(content, "like", read),
  RLike: (content, read) => readPattern(content, "regexp", read),
  InSubquery: (content, read) => toQuery("in", content, read),
  Exists: (content, read) => toQuery("exists", content, read),
  Subquery: (content, read) => toQuery("scalar", { subquery: content }, read),
  AnyOp: (content, read) => readQuantified(content, "any", read),
  AllOp: (content, read) => readQuantified(content, "all", read),
  Tuple: (content, read) => {
    const args = (Array.isArray(content) ? content : []).map(read.expression);
    return operator("row", args, ["(", ...separate(args), ")"]);
  },
  Case: readCase,
  Cast: (content, read) => {
    const arg = read.expression(at(content, "expr"));
    const type = readType(at(content, "data_type"));
    return operator(`cast ${type}`, [arg], ["cast(", arg, ` as ${type})`]);
  },
  Convert: (content, read) => {
    const arg = read.expression(at(content, "expr"));
    const [charset = ""] = readName(at(content, "charset") ?? []).parts;
    return operator("convert", [arg], ["convert(", arg, ` using ${charset})`]);
  },
  Collate: (content, read) => {
    const arg = read.expression(at(content, "expr"));
    const [collation = ""] = readName(at(content, "collation")).parts;
    return operator(`collate ${collation}`, [arg], ["(", arg, ` collate ${collation})`]);
  },
  Interval: (content, read) => {
    const arg = read.expression(at(content, "value"));
    return operator("interval", [arg], ["interval ", arg, ` ${readUnit(textAt(content, "leading_field"))}`]);
  },
  Extract: (content, read) => {
    const arg = read.expression(at(content, "expr"));
    const unit = readUnit(textAt(content, "field"));
    return operator(`extract ${unit}`, [arg], [`extract(${unit} from `, arg, ")"]);
  },
  Trim: (content, read) => {
    const arg = read.expression(at(content, "expr"));
    const what = at(content, "trim_what");
    const where = textAt(content, "trim_where").toLowerCase();
    if (what === null) return operator("trim", [arg], ["trim(", where, where ? " from " : "", arg, ")"]);
    const taken = read.expression(what);
    return operator("trim", [arg, taken], [`trim(${where} `, taken, " from ", arg, ")"]);
  },
  Substring: (content, read) => {
    const args = ["expr", "substring_from", "substring_for"].flatMap((key) =>
      at(content, key) === null ? [] : [read.expression(at(content, key))],
    );
    return operator("substr", args, ["substr(", ...separate(args), ")"]);
  },
  Position: (content, read) => {
    const args = ["expr", "in"].map((key) => read.expression(at(content, key)));
    return operator("locate", args, ["locate(", ...separate(args), ")"]);
  },
  Ceil: (content, read) => readRounding("ceiling", content, read),
  Floor: (content, read) => readRounding("floor", content, read),
  Function: readCall,
};

const not = (content: Json): string => (at(content, "negated") === true ? "not " : "");

/** Parts with texts between them. */
const separate = (args: readonly Expr[]): readonly Part[] =>
  args.flatMap((arg, index) => (index === 0 ? [arg] : [", ", arg]));

const interleave = (args: readonly Expr[], texts: readonly string[]): readonly Part[] =>
  args.flatMap((arg, index) => (index === 0 ? [arg] : [texts[index - 1] ?? "", arg]));

function readRounding(name: string, content: Json, read: Reader): Expr {
  const arg = read.expression(at(content, "expr"));
  return operator(name, [arg], [`${name}(`, arg, ")"]);
}

function readColumn(idents: readonly Json[]): Expr {
  const { parts } = readName(idents);
  const [first = "", second] = parts;
  if (first.startsWith("@"))
    refuse(`${first} is a variable`, "Take it out of the view: a document depends on rows alone.");
  if (parts.length > 2)
    refuse(`${parts.join(".")} belongs to another database`, "A model shows the tables of one database.");
  const [table, name] = second === undefined ? [null, first] : [first, second];
  return {
    ...{ kind: "column", table, name },
    parts: [table === null ? "" : `${quoteName(table)}.`, quoteName(name)],
  };
}

function readValue(node: Json): Expr {
  const [tag, content] = readTag(node);
  if (tag === "Null") return literal("null");
  if (tag === "Boolean") return literal(String(content));
  if (tag === "Number" && Array.isArray(content)) return literal(String(content[0]));
  if (tag === "HexStringLiteral") return literal(`x'${String(content)}'`);
  if (tag === "SingleQuotedString")
    return literal(`'${String(content).replaceAll("\\", "\\\\").replaceAll("'", "''")}'`);
  return refuse(`The literal ${tag} is not understood`, "Write it in another way.");
}

function readBinary(content: Json, read: Reader): Expr {
  const op = textAt(content, "op");
  const left = at(content, "left");
  if (op === "Multiply" && at(left, "BinaryOp") !== null) {
    const [mark] = readName(at(left, "BinaryOp", "right", "Identifier") ?? []).parts;
    if (mark === divMark)
      return binary(
        "div",
        read.expression(at(left, "BinaryOp", "left")),
        read.expression(at(content, "right")),
      );
  }
  const name = binaryNames[op] ?? refuse(`The operator ${op} is not understood`, "Write it in another way.");
  return binary(name, read.expression(left), read.expression(at(content, "right")));
}

function readPattern(content: Json, name: string, read: Reader): Expr {
  const args = ["expr", "pattern"].map((key) => read.expression(at(content, key)));
  const escaped = at(content, "escape_char");
  const end = escaped === null ? ")" : ` escape ${printText(at(escaped, "value"))})`;
  return operator(`${not(content)}${name}`, args, [
    "(",
    ...interleave(args, [` ${not(content)}${name} `]),
    end,
  ]);
}

const printText = (node: Json): string => {
  const value = readValue(node);
  return value.kind === "literal" ? value.text : "";
};

function readCase(content: Json, read: Reader): Expr {
  const operand = at(content, "operand");
  const args: Expr[] = operand === null ? [] : [read.expression(operand)];
  const parts: Part[] = ["(case", ...args.flatMap((arg) => [" ", arg])];
  const add = (word: string, node: Json) => {
    const expr = read.expression(node);
    args.push(expr);
    parts.push(` ${word} `, expr);
  };
  for (const branch of listAt(content, "conditions")) {
    add("when", at(branch, "condition"));
    add("then", at(branch, "result"));
  }
  if (at(content, "else_result") !== null) add("else", at(content, "else_result"));
  return operator("case", args, [...parts, " end)"]);
}

function toQuery(form: "scalar" | "exists" | "in", content: Json, read: Reader): Expr {
  const query = read.query(at(content, "subquery"));
  const negated = at(content, "negated") === true;
  const arg = form === "in" ? read.expression(at(content, "expr")) : null;
  const word = { scalar: "", exists: "exists ", in: " in " }[form];
  const parts: Part[] = [`(${negated ? "not " : ""}`, ...(arg ? ["(", arg] : []), word, "(", query];
  return { kind: "query", form, arg, query, negated, parts: [...parts, arg ? ")))" : "))"] };
}

function readQuantified(content: Json, quantifier: "any" | "all", read: Reader): Expr {
  const op = textAt(content, "compare_op");
  const name = binaryNames[op] ?? refuse(`The operator ${op} is not understood`, "Write it in another way.");
  const inner: Query = read.query(at(content, "right", "Subquery"));
  const arg = read.expression(at(content, "left"));
  const parts: Part[] = ["(", arg, ` ${name} ${quantifier} (`, inner, "))"];
  return { kind: "query", form: "compare", arg, query: inner, negated: false, parts };
}

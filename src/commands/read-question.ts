import { type DocumentNode, getOperationAST, Kind, parse, type TypeNode } from "graphql";
import { VitrineError } from "../errors.ts";
import { readText } from "../read-text.ts";
import type { Question } from "./post-query.ts";

/** Types whose values are texts: nothing is read into them. */
const texts: ReadonlySet<string> = new Set(["String", "ID", "Decimal", "BigInt", "Date", "DateTime"]);

interface Asked {
  readonly variable: readonly string[];
  readonly operation?: string;
}

/** The same of a file, by its name. @throws VitrineError as readQuestion; USAGE for one that cannot be read */
export async function readQuestionFile(file: string, asked: Asked): Promise<Question> {
  const text = await readText(file).catch((cause: Error) => {
    throw new VitrineError("USAGE", `${file} cannot be read: ${cause.message}`, { cause });
  });
  return readQuestion(text, asked);
}

/**
 * The operation of a text with the variables of a command line: `state=CA` is a text where the operation says so, and JSON
 * where it wants a number, a flag, a list or an object.
 * @throws VitrineError QUERY_INVALID for a file that is no GraphQL; USAGE for what it does not have
 */
export function readQuestion(query: string, { variable, operation: name }: Asked): Question {
  const operation = getOperationAST(parseQuery(query), name);
  if (!operation)
    throw new VitrineError(
      "USAGE",
      name === undefined
        ? "The file has not just one operation. Say which with --operation."
        : `The file has no operation ${name}.`,
    );
  const types = new Map(
    (operation.variableDefinitions ?? []).map((one) => [one.variable.name.value, one.type] as const),
  );
  const variables: Record<string, unknown> = {};
  for (const one of variable) {
    const [, key = "", text = ""] = /^([^=]+)=(.*)$/s.exec(one) ?? [];
    const type = types.get(key);
    if (!type) throw new VitrineError("USAGE", `-v ${one}: ${describeVariables([...types.keys()])}`);
    variables[key] = readVariable(type, text);
  }
  return { query, operationName: operation.name?.value, variables };
}

function parseQuery(query: string): DocumentNode {
  try {
    return parse(query);
  } catch (error) {
    throw new VitrineError("QUERY_INVALID", (error as Error).message, { cause: error }); // GraphQL throws errors only
  }
}

const describeVariables = (names: readonly string[]): string =>
  names.length === 0
    ? "the operation has no variables."
    : `write <name>=<value>; the operation has ${names.join(", ")}.`;

/** What does not read as JSON is sent as it is: the gateway says what is wrong with it. */
function readVariable(type: TypeNode, text: string): unknown {
  const inner = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  if (inner.kind === Kind.NAMED_TYPE && texts.has(inner.name.value)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

import type { Plugin } from "graphql-yoga";
import { VitrineError } from "../errors.ts";
import type { RequestContext } from "./context.ts";
import { toGraphQLError } from "./graphql-errors.ts";

/** No query of a person or of a generated client is longer: values belong into variables. */
const MAX_QUERY_CHARACTERS = 100_000;
/** Each error of a query looks for its line from the start of the text: a thousand errors, a thousand times. */
const MAX_LINES_LOCATED = 200;
/** A filter has at most 200 conditions: each may be a list inside an object. */
export const MAX_NESTING = 500;

/** Refuses, before anything works on them, texts and variables whose cost is not in proportion to their size. */
export const limitTexts: Plugin<RequestContext> = {
  onParse({ parseFn, setParseFn }) {
    setParseFn((source: string | { readonly body: string }, options?: object) => {
      const text = typeof source === "string" ? source : source.body;
      if (text.length > MAX_QUERY_CHARACTERS)
        throw new VitrineError(
          "LIMIT_EXCEEDED",
          `The query has ${text.length} characters; at most ${MAX_QUERY_CHARACTERS} are allowed. Send values as variables.`,
        );
      try {
        return parseFn(source, { ...options, noLocation: countLines(text) > MAX_LINES_LOCATED });
      } catch (error) {
        if (error instanceof RangeError)
          throw new VitrineError("LIMIT_EXCEEDED", "The query is nested too deeply.", { cause: error });
        throw error;
      }
    });
  },
  onExecute: ({ args, setResultAndStopExecution }) => {
    const refusal = refuseNesting(args.variableValues);
    if (refusal) setResultAndStopExecution({ errors: [toGraphQLError(refusal)] });
  },
  onSubscribe: ({ args, setResultAndStopExecution }) => {
    const refusal = refuseNesting(args.variableValues);
    if (refusal) setResultAndStopExecution({ errors: [toGraphQLError(refusal)] });
  },
};

export const nestedTooDeeply = (): VitrineError =>
  new VitrineError("BAD_INPUT", `The variables are nested deeper than ${MAX_NESTING} levels.`);

/** Without recursion, which is what such a value would break. */
function refuseNesting(variables: unknown): VitrineError | null {
  const open: (readonly [value: unknown, depth: number])[] = [[variables, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > MAX_NESTING) return nestedTooDeeply();
    for (const inner of Object.values(value)) open.push([inner, depth + 1]);
  }
  return null;
}

const [QUOTE, BACKSLASH, BRACKET, BRACE] = [0x22, 0x5c, 0x5b, 0x7b];

/** Whether a JSON text nests deeper than so many levels: to parse it would cost fifty times as much. */
export function nestsDeeper(json: string, levels: number): boolean {
  // Each level takes a character.
  if (json.length <= levels) return false;
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (isText) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isText = false;
    } else if (code === QUOTE) isText = true;
    else if (code === BRACKET || code === BRACE) {
      depth += 1;
      if (depth > levels) return true;
    } else if (code === BRACKET + 2 || code === BRACE + 2) depth -= 1;
  }
  return false;
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = 0; at < text.length; at += 1) if (text[at] === "\n" || text[at] === "\r") lines += 1;
  return lines;
}

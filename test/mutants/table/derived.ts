import type { Mutant } from "../mutant.ts";

const text = "unit/derive/read-view-text.test.ts";
const refusals = "integration/derive/refusals.test.ts";

/** Beside the rules of the derivation, which test/integration/derive/mistakes.test.ts switches off one by one. */
export const derivedMutants: readonly Mutant[] = [
  {
    trap: "The parser takes all that follows DIV as its right operand.",
    file: "src/derive/normalise-text.ts",
    find: "/ DIV /g",
    replace: "/ never /g",
    test: text,
    named: "what the server writes is nested",
  },
  {
    trap: "A negation takes the words after its operand.",
    file: "src/derive/normalise-text.ts",
    find: 'if (text[end] === "(") return endOfParentheses(text, end);',
    replace: "",
    test: text,
    named: "what the server writes is nested",
  },
  {
    trap: "What the parser nests otherwise than the server is believed.",
    file: "src/derive/read-views.ts",
    find: "if (again !== text)",
    replace: "if (again === null)",
    test: refusals,
    named: "what the parser nests otherwise",
  },
];

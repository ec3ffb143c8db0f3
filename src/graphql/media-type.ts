/** In which form an answer is wanted: one body of JSON, by either of its names, or parts of a stream. */
export type AnswerForm = "json" | "response" | "stream";

const forms: readonly (readonly [pattern: RegExp, form: AnswerForm])[] = [
  [/^(?:application\/json|application\/\*|\*\/\*)$/, "json"],
  [/^application\/graphql-response\+json$/, "response"],
  [/^(?:text\/event-stream|multipart\/mixed)$/, "stream"],
];

/** The form that a client likes best of those there are; JSON for one that names none. */
export function chooseForm(accept: string | undefined): AnswerForm {
  // What nearly every program sends.
  if (accept === undefined || accept === "*/*" || accept === "application/json") return "json";
  let best: AnswerForm = "json";
  let weight = 0;
  for (const part of accept.toLowerCase().split(",")) {
    const [type = "", ...parameters] = part.split(";").map((text) => text.trim());
    const form = forms.find(([pattern]) => pattern.test(type))?.[1];
    const q = parameters.find((text) => text.startsWith("q="));
    const own = q === undefined ? 1 : Number(q.slice(2));
    if (form === undefined || !(own > weight)) continue;
    best = form;
    weight = own;
  }
  return best;
}

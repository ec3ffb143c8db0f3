import { namesOfDocument } from "../models/derived-names.ts";
import type { Field, Fields } from "../models/field.ts";
import type { DocumentModel } from "../models/model.ts";

/** So many fields of a kind are enough to see what there is. */
const MOST_SCALARS = 5;
const MOST_PARTS = 2;
const MOST_OF_ITEMS = 3;

/**
 * Questions over the models of a new project, by file name: something to click in GraphiQL, and to ask by `vitrine test`. Those
 * of documents with more around them come first.
 */
export function printExamples(models: readonly DocumentModel[]): ReadonlyMap<string, string> {
  const byName = new Map(models.map((model) => [model.name, model]));
  const examples = models.map((model) => ({
    name: model.name.replaceAll("_", "-"),
    parts: Object.values(model.fields).filter(({ kind }) => kind === "list" || kind === "link").length,
    text: printExample(model, byName),
  }));
  examples.sort((one, other) => other.parts - one.parts || (one.name < other.name ? -1 : 1));
  return new Map([
    ...examples.map(({ name, text }) => [`${name}.graphql`, text] as const),
    ["groups.json", `${JSON.stringify({ Documents: examples.map(({ name }) => name) }, null, 2)}\n`],
  ]);
}

function printExample(model: DocumentModel, models: ReadonlyMap<string, DocumentModel>): string {
  const entries = Object.entries(model.fields);
  const links = entries.flatMap(([name, field]) => {
    const target = field.kind === "link" ? models.get(field.model) : undefined;
    return target ? [`${name} { ${["id", ...scalarsOf(withoutKey(target), 1)].join(" ")} }`] : [];
  });
  const lists = entries.flatMap(([name, field]) => {
    const members =
      field.kind === "list" && field.item.kind === "object"
        ? scalarsOf(field.item.fields, MOST_OF_ITEMS)
        : [];
    return members.length > 0 ? [`${name} { ${members.join(" ")} }`] : [];
  });
  const lines = [
    ...["id", ...scalarsOf(withoutKey(model), MOST_SCALARS)],
    ...links.slice(0, MOST_PARTS),
    ...lists.slice(0, MOST_PARTS),
  ];
  return [
    `# ${model.description.replaceAll(/\s+/g, " ")}`,
    "{",
    `  ${namesOfDocument(model.typeName).queries.connection}(first: 5) {`,
    "    totalCount",
    "    nodes {",
    ...lines.map((line) => `      ${line}`),
    ...["    }", "  }", "}", ""],
  ].join("\n");
}

/** `id` says it. */
const withoutKey = ({ fields, key }: DocumentModel): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));

const isScalar = ({ kind }: Field): boolean => kind !== "object" && kind !== "list" && kind !== "link";

const scalarsOf = (fields: Fields, most: number): readonly string[] =>
  Object.keys(fields)
    .filter((name) => fields[name] && isScalar(fields[name]))
    .slice(0, most);

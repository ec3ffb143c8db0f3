import { namesOfDocument } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import { findLinkTargets } from "./link-candidates.ts";
import type { FoundField, Open } from "./model-fields.ts";
import { nameTexts, toSentence } from "./name-texts.ts";

/** What a definition says. */
export interface FoundModel {
  /** snake_case */
  readonly name: string;
  /** What one of its documents is called, in snake_case: its type is named so. */
  readonly noun: string;
  readonly description: string;
  /** Of what its view shows: for a comment. */
  readonly source: string;
  /** The field that is the id, or those that it is made of. */
  readonly key: string | readonly string[];
  /** What is unsure about the key. */
  readonly decideKey: readonly string[];
  readonly fields: readonly FoundField[];
  readonly open: readonly Open[];
  /** Of the document; default: after its noun. */
  readonly typeName?: string | undefined;
  /** Names of types that others have. */
  readonly taken?: Iterable<string> | undefined;
  /** Where the words of definitions are imported from; default: the folder beside the domains. */
  readonly language?: string | undefined;
}

/** Something that only a person knows, and where it stands: `items.quantity`. */
export interface Decision {
  readonly field: string;
  readonly reason: string;
}

interface Printer {
  readonly models: readonly DocumentModel[];
  /** Names of types that are taken. */
  readonly taken: Set<string>;
  readonly kinds: Set<string>;
  readonly decisions: Decision[];
}

interface Place {
  readonly path: readonly string[];
  /** The type that the fields are of. */
  readonly typeName: string;
  readonly indent: string;
}

/** The text of a definition's file, in which `decide:` marks what its author has to say, and those marks. */
export function printDefinition(
  model: FoundModel,
  models: readonly DocumentModel[],
): {
  readonly text: string;
  readonly decisions: readonly Decision[];
  /** Names of types that are taken now. */
  readonly taken: ReadonlySet<string>;
} {
  const constant = toCamel(model.name);
  const typeName = model.typeName ?? toTypeName(toCamel(model.noun));
  const printer: Printer = {
    ...{ models, kinds: new Set(), decisions: [] },
    taken: new Set([...Object.values(namesOfDocument(typeName).types), ...(model.taken ?? [])]),
  };
  const decideKey = decide(printer, { path: [String(model.key)], indent: "  " }, model.decideKey);
  const fields = printFields(model, { path: [], typeName, indent: "    " }, printer);
  const lines = [
    ...printImports([...printer.kinds].sort(), model.language),
    "",
    `/** ${model.source.replaceAll("*/", "* /")}: say here what a reader gets out of them. */`,
    `export const ${constant} = defineModel({`,
    `  name: "${model.name}",`,
    `  typeName: "${typeName}",`,
    `  description: ${JSON.stringify(model.description)},`,
    ...decideKey,
    `  key: ${JSON.stringify(model.key).replaceAll('","', '", "')},`,
    "  fields: {",
    ...fields,
    "  },",
    "});",
  ];
  return { text: `${lines.join("\n")}\n`, decisions: printer.decisions, taken: printer.taken };
}

const printImports = (kinds: readonly string[], language: string | undefined): readonly string[] =>
  language === undefined
    ? [
        `import { ${kinds.join(", ")} } from "../../../models/field.ts";`,
        'import { defineModel } from "../../../models/model.ts";',
      ]
    : [`import { ${[...kinds, "defineModel"].sort().join(", ")} } from ${JSON.stringify(language)};`];

function decide(
  printer: Printer,
  { path, indent }: Pick<Place, "path" | "indent">,
  reasons: readonly string[],
): readonly string[] {
  return reasons.map((reason) => {
    const sentence = reason.replaceAll(/\s+/g, " ");
    printer.decisions.push({ field: path.join("."), reason: sentence });
    return `${indent}// decide: ${sentence}`;
  });
}

/** The lines of fields, and of what is left out. */
function printFields(
  { fields, open }: { readonly fields: readonly FoundField[]; readonly open: readonly Open[] },
  place: Place,
  printer: Printer,
): readonly string[] {
  const { indent } = place;
  return [
    ...open.flatMap(({ name, reason }) =>
      decide(printer, { path: [...place.path, name], indent }, [`${name} is left out: ${reason}`]),
    ),
    ...fields.flatMap((field) => {
      const path = [...place.path, field.name];
      const inner = { ...place, path };
      const [first = "", ...others] = printField(field, inner, printer);
      return [
        ...decide(printer, inner, decisionsOf(field)),
        ...printLink(field, indent, printer),
        `${indent}${field.name}: ${first}`,
        ...others,
      ]
        .map((line, index, all) => (index === all.length - 1 ? `${line},` : line))
        .concat(printLinkField(field, indent, printer));
    }),
  ];
}

function printLinkField({ name, link }: FoundField, indent: string, { kinds }: Printer): readonly string[] {
  if (link === undefined) return [];
  kinds.add("link");
  return [`${indent}${link.name}: link("${link.model}", { key: "${name}" }),`];
}

const decisionsOf = (field: FoundField): readonly string[] =>
  field.kind === "list" && field.item.kind !== "object"
    ? [...field.decide, ...field.item.decide]
    : field.decide;

/** The models that a field may lead to. */
function printLink(field: FoundField, indent: string, { models }: Printer): readonly string[] {
  if (field.refersTo === null || field.link !== undefined) return [];
  const targets = findLinkTargets(models, field.kind, field.refersTo.column);
  return targets.length === 0
    ? []
    : [
        `${indent}// It may lead to another document: link("${targets.join('" or "')}", { key: "${field.name}" })`,
      ];
}

/** A field's expression: its first line without indentation, the others with it. */
function printField(field: FoundField, place: Place, printer: Printer): readonly string[] {
  const { indent } = place;
  printer.kinds.add(field.kind);
  const description = JSON.stringify(field.description);
  if (field.kind === "list") {
    const inner = { ...place, indent: `${indent}  ` };
    const [first = "", ...others] = printField(field.item, inner, printer);
    const many = field.expected === undefined ? [] : [`{ expected: ${field.expected} }`];
    if (others.length === 0) return [`list(${[description, first, ...many].join(", ")})`];
    return ["list(", `${inner.indent}${description},`, `${inner.indent}${first}`, ...others]
      .map((line, index, all) => (index === all.length - 1 ? `${line},` : line))
      .concat(
        many.map((line) => `${inner.indent}${line},`),
        `${indent})`,
      );
  }
  const options = [
    ...(field.filter ? ["filter: true"] : []),
    ...(field.nullable ? ["nullable: true"] : []),
  ].join(", ");
  if (field.kind === "object") return printTyped(field, options, place, printer);
  if (field.kind === "enumeration") return printTyped(field, options, place, printer);
  const parts = [
    description,
    ...(field.kind === "decimal" ? [String(field.scale)] : []),
    ...(options === "" ? [] : [`{ ${options} }`]),
  ];
  return [`${field.kind}(${parts.join(", ")})`];
}

/** What has a type of its own: its name, what it is, and its parts. */
function printTyped(
  field: FoundField & { readonly kind: string },
  options: string,
  place: Place,
  printer: Printer,
): readonly string[] {
  const typeName = nameType(place, printer, field);
  const head = [`"${typeName}"`, JSON.stringify(field.description)];
  const deeper = options === "" ? `${place.indent}  ` : `${place.indent}    `;
  const lines =
    field.kind === "object"
      ? printFields(
          { fields: field.members, open: field.open },
          { path: place.path, typeName, indent: deeper },
          printer,
        )
      : field.kind === "enumeration"
        ? nameTexts(field.texts).map(
            ([name, text]) =>
              `${deeper}${name}: ${name === text ? JSON.stringify(toSentence(text)) : `{ text: ${JSON.stringify(text)}, description: ${JSON.stringify(toSentence(text))} }`},`,
          )
        : [];
  if (options === "") return [`${field.kind}(${head.join(", ")}, {`, ...lines, `${place.indent}})`];
  const own = `${place.indent}  `;
  return [
    `${field.kind}(`,
    ...head.map((part) => `${own}${part},`),
    `${own}{`,
    ...lines,
    `${own}},`,
    `${own}{ ${options} },`,
    `${place.indent})`,
  ];
}

/** A name for the type of a part that no other has: `OrderDetails`, `items` → `OrderDetailsItem`. */
function nameType({ typeName }: Place, { taken }: Printer, { name, kind }: FoundField): string {
  const word = name.charAt(0).toUpperCase() + name.slice(1);
  const one = kind === "object" ? word.replace(/ies$/, "y").replace(/(?<=[a-z]{2}[^s])s$/, "") : word;
  let made = `${typeName}${one}`;
  while (taken.has(made)) made = `${made}Part`;
  taken.add(made);
  return made;
}

/** `date_placed` → `datePlaced` */
export const toCamel = (name: string): string =>
  name.toLowerCase().replace(/_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** `orderItem` → `OrderItem` */
export const toTypeName = (noun: string): string => noun.charAt(0).toUpperCase() + noun.slice(1);

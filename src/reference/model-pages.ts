import { type CubeModel, isCube } from "../models/cube.ts";
import { namesOfCube, namesOfDocument } from "../models/derived-names.ts";
import { type Field, type Fields, textsOf } from "../models/field.ts";
import { formerNameOf } from "../models/former-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Domain } from "../models/project.ts";
import { describeMeasure } from "../models/required-dimensions.ts";
import { isRollUp } from "../models/roll-up.ts";
import { code, page, table } from "./markdown.ts";

/** The page of a domain: its models with every field, its cubes with dimensions and measures. */
export const renderModels = (domain: Domain): string =>
  page(
    `Models of ${code(domain.name)}`,
    `${domain.description}\n`,
    table(
      ["model", "what it shows"],
      domain.models.map(({ name, description }) => [`[${name}](#${name})`, description]),
    ),
    ...domain.models.map(renderModel),
  );

function renderModel(model: DocumentModel): string {
  const facts = [
    ["GraphQL", graphqlOf(model)],
    ["view and collection", code(model.name)],
    ["id", code(model.key)],
    ["export file", code(`${model.exportName ?? model.name}.json`)],
    ...(model.every ? [["evaluated at most", `once per ${model.every}`]] : []),
  ];
  return [
    `## ${model.name}\n`,
    `${model.description}\n`,
    table(["", ""], facts),
    `### Fields of ${model.name}\n`,
    table(["field", "type", "filter", "what it is"], fieldRows(model, model.fields, "")),
    isCube(model) && !isRollUp(model)
      ? [
          `### Dimensions of ${model.name}\n`,
          table(
            ["dimension", "type", "what it is"],
            Object.values(model.cube.dimensions).map(({ name, type, description }) => [
              code(name),
              kindOf(type),
              description,
            ]),
          ),
          `### Measures of ${model.name}\n`,
          table(
            ["measure", "type", "what it is"],
            Object.entries(model.cube.measureModel.fields).map(([name, field]) => [
              code(name),
              kindOf(field),
              describeMeasure(model.cube.measures, name, field.description),
            ]),
          ),
          ...describeConversion(model),
        ].join("\n")
      : "",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function describeConversion({ cube: { conversion } }: CubeModel): readonly string[] {
  if (!conversion) return [];
  const { currency, date, rates, scale } = conversion;
  return [
    `\`convertTo\` shows money of each ${code(currency)} in one, by the rates of ${code(rates)} on each ${code(date)}, with ${scale} digits.\n`,
  ];
}

function graphqlOf(model: DocumentModel): string {
  if (isRollUp(model)) return `through ${code(namesOfCube(model.rollUp.facts.typeName).queries.rows)}`;
  if (isCube(model)) {
    const { queries, types } = namesOfCube(model.typeName);
    return `${code(queries.rows)}: rows of type ${code(types.row)}`;
  }
  const { queries, types } = namesOfDocument(model.typeName);
  return `${code(queries.byId)} and ${code(queries.connection)}, type ${code(types.document)}`;
}

function fieldRows(model: DocumentModel, fields: Fields, path: string): readonly (readonly string[])[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const former = formerNameOf(field);
    const text = former === undefined ? field.description : `${field.description} Formerly ${code(former)}.`;
    const own = [code(path + name), kindOf(field), filterOf(model, name, path), text];
    const inner = field.kind === "list" ? field.item : field;
    if (inner.kind !== "object") return [own];
    const mark = field.kind === "list" ? "[]." : ".";
    return [own, ...fieldRows(model, inner.fields, path + name + mark)];
  });
}

function filterOf(model: DocumentModel, name: string, path: string): string {
  return path === "" && (name === model.key || model.filters.includes(name))
    ? code(model.columns[name] ?? "")
    : "";
}

function kindOf(field: Field): string {
  switch (field.kind) {
    case "link":
      return `→ [${field.model}](#${field.model})`;
    case "list":
      return `list of ${kindOf(field.item)}`;
    case "decimal":
      return `decimal, ${field.scale} digits${field.nullable ? ", or null" : ""}`;
    case "enumeration":
      return `${field.typeName}: ${textsOf(field).map(code).join(", ")}${field.nullable ? ", or null" : ""}`;
    default:
      return `${field.kind}${field.nullable ? " or null" : ""}`;
  }
}

import type { SqlFiles } from "../migrations/sql-files.ts";
import { isCube } from "../models/cube.ts";
import { namesOfCube, namesOfDocument } from "../models/derived-names.ts";
import { type ExportFormat, exportFormats, formatTitles } from "../models/export-formats.ts";
import { type Field, type Fields, textsOf } from "../models/field.ts";
import type { DocumentModel } from "../models/model.ts";
import { findPersonal } from "../models/personal-columns.ts";
import type { Domain, Project } from "../models/project.ts";
import { isRollUp } from "../models/roll-up.ts";
import type { Dictionary, Entry, EntryField } from "../web/docs/page-settings.ts";
import { readReturns, readViewColumns } from "./sql-columns.ts";
import { readHeader, readParameters, readTables } from "./sql-source.ts";

/** Everything in a project that has a name: models with their fields, views, tables with their columns, routines. */
export function describeDictionary({ domains }: Pick<Project, "domains">, files: SqlFiles): Dictionary {
  const isPersonal = findPersonal(domains);
  return {
    entries: domains.flatMap((domain) => [
      ...domain.models.map((model) => describeModel(domain, model)),
      ...describeViews(domain, files),
      ...describeTables(domain, files, isPersonal),
      ...describeRoutines(domain, files),
    ]),
  };
}

function describeModel(domain: Domain, model: DocumentModel): Entry {
  const links: (readonly [string, string])[] = [];
  const fields = describeFields(model, model.fields, { path: "", column: null, links });
  return {
    kind: isCube(model) ? "cube" : "model",
    domain: domain.name,
    name: model.name,
    description: model.description,
    facts: [
      ["GraphQL", graphqlOf(model)],
      ["View and collection", model.name],
      ["Id", model.key],
      ...(isCube(model) && !isRollUp(model)
        ? ([
            ["Dimensions", Object.keys(model.cube.dimensions).join(", ")],
            ["Measures", Object.keys(model.cube.measureModel.fields).join(", ")],
          ] as const)
        : []),
      ...(model.every ? ([["Evaluated at most once per", model.every]] as const) : []),
    ],
    fields,
    links,
    files: listFiles(model),
  };
}

/** Where the gateway gives its documents as a file, in each form that there is. */
function listFiles({ name }: DocumentModel): Required<Entry>["files"] {
  const addressOf = (format: ExportFormat) => `/export/${encodeURIComponent(name)}.${format}`;
  return exportFormats.flatMap((format) => [
    { title: formatTitles[format], href: addressOf(format) },
    ...(format === "csv" ? [{ title: "CSV for spreadsheets", href: `${addressOf(format)}?excel=true` }] : []),
  ]);
}

function graphqlOf(model: DocumentModel): string {
  if (isRollUp(model)) return `${namesOfCube(model.rollUp.facts.typeName).queries.rows} reads it`;
  if (isCube(model)) return namesOfCube(model.typeName).queries.rows;
  const { queries } = namesOfDocument(model.typeName);
  return `${queries.byId}, ${queries.connection}`;
}

interface FieldPlace {
  readonly path: string;
  /** Of the field that holds these. */
  readonly column: string | null;
  readonly links: (readonly [field: string, model: string])[];
}

function describeFields(model: DocumentModel, fields: Fields, place: FieldPlace): readonly EntryField[] {
  return Object.entries(fields).flatMap(([name, field]): readonly EntryField[] => {
    const path = place.path + name;
    if (field.kind === "link") place.links.push([path, field.model]);
    const column = field.kind === "link" ? null : (place.column ?? model.columns[name] ?? name);
    const own = {
      ...{ name: path, type: typeOf(field), description: field.description },
      ...{ column, isPersonal: false },
    };
    const inner = field.kind === "list" ? field.item : field;
    if (inner.kind !== "object") return [own];
    const mark = field.kind === "list" ? "[]." : ".";
    return [own, ...describeFields(model, inner.fields, { ...place, path: path + mark, column })];
  });
}

function typeOf(field: Field): string {
  const orNull = "nullable" in field && field.nullable ? " or null" : "";
  switch (field.kind) {
    case "link":
      return `→ ${field.model}`;
    case "list":
      return `list of ${typeOf(field.item)}`;
    case "decimal":
      return `decimal, ${field.scale} digits${orNull}`;
    case "enumeration":
      return `${textsOf(field).join(" | ")}${orNull}`;
    default:
      return `${field.kind}${orNull}`;
  }
}

/** Views that are no model's own, and that somebody wrote: what models say is not said again. */
function describeViews({ name: domain, models }: Domain, files: SqlFiles): readonly Entry[] {
  const modelNames = new Set(models.map(({ name }) => name));
  return files.repeatable
    .filter((file) => file.kind === "view" && file.domain === domain && file.name.startsWith("views/"))
    .filter(({ object }) => !modelNames.has(object))
    .map(({ object, text }) => {
      const { purpose = "", grain = "", reads = "" } = readHeader(text);
      return {
        ...{ kind: "view", domain, name: object, description: purpose, links: [] },
        facts: [
          ["One row per", grain.replace(/^one row per /, "")],
          ["Reads", reads],
        ],
        fields: readViewColumns(text).map((column) => ({
          ...{ name: column, type: "", description: "", column, isPersonal: false },
        })),
      };
    });
}

function describeTables(
  { name: domain }: Domain,
  files: SqlFiles,
  isPersonal: (column: string) => boolean,
): readonly Entry[] {
  const texts = files.versioned.filter((file) => file.domain === domain).map(({ text }) => text);
  return readTables(texts).map(({ name, description, columns, indexes }) => ({
    ...{ kind: "table", domain, name, description, links: [] },
    facts: indexes.map((index) => [
      index.name === "primary" ? "Primary key" : `Index ${index.name}`,
      `${index.columns}${index.description === "" ? "" : `: ${index.description}`}`,
    ]),
    fields: columns.map((column) => ({
      ...{ name: column.name, type: column.definition, description: column.description, column: column.name },
      isPersonal: isPersonal(`${name}.${column.name}`),
    })),
  }));
}

function describeRoutines({ name: domain }: Domain, files: SqlFiles): readonly Entry[] {
  return files.repeatable
    .filter(({ kind }) => kind === "procedure" || kind === "function")
    .filter((file) => file.domain === domain && !file.text.includes("-- generated by "))
    .map(({ object, text }) => ({
      ...{ kind: "routine", domain, name: object, description: readHeader(text).purpose ?? "", links: [] },
      facts: [
        ["Parameters", readParameters(text)],
        ["Returns", readReturns(text).join(" or ")],
      ].filter((fact): fact is [string, string] => fact[1] !== ""),
      fields: [],
    }));
}

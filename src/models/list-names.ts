import { isCube } from "./cube.ts";
import {
  filterNameOf,
  inputNameOf,
  namesOfCube,
  namesOfDocument,
  namesOfProcedure,
} from "./derived-names.ts";
import type { EnumerationField, Field, Fields, ObjectField } from "./field.ts";
import type { DocumentModel } from "./model.ts";
import type { ProcedureDefinition } from "./procedure.ts";
import type { Domain } from "./project.ts";
import { isRollUp } from "./roll-up.ts";

/** Names of one space must differ. */
export type NameSpace =
  | "domain"
  | "model"
  | "GraphQL type"
  | "query field"
  | "mutation field"
  | "subscription field"
  | "table or view"
  | "procedure"
  | "signal number"
  | "export file"
  | "import file";

/** A name that a definition makes, or that of what it needs for itself. */
export interface OwnedName {
  readonly space: NameSpace;
  readonly name: string;
  /** `domain pos's model sales` */
  readonly owner: string;
  /** Names whose meaning is the same are one: two models may show objects of one type. */
  readonly meaning?: string;
}

/** A domain, or what is known of one. */
export type NamedDomain = Pick<Domain, "name"> & Partial<Domain>;

/** All names of a domain's definitions, with those of everything that is derived from them. */
export function listNames(domain: NamedDomain): readonly OwnedName[] {
  const of = (what: string) => `domain ${domain.name}'s ${what}`;
  return [
    { space: "domain", name: domain.name, owner: `domain ${domain.name}` },
    ...(domain.models ?? []).flatMap((model) => listModelNames(of(`model ${model.name}`), model)),
    ...(domain.procedures ?? []).flatMap((one) => listProcedureNames(of(`procedure ${one.name}`), one)),
    ...(domain.captured ?? []).map(({ table }) => ({
      space: "table or view" as const,
      name: table,
      owner: of(`captured table ${table}`),
    })),
    ...listImportNames(domain, of),
    ...Object.keys(domain.rules ?? {}).map((number) => ({
      space: "signal number" as const,
      name: number,
      owner: of(`rule ${domain.rules?.[Number(number)]?.code}`),
    })),
  ];
}

function listModelNames(owner: string, model: DocumentModel): readonly OwnedName[] {
  const named = (space: NameSpace, names: readonly string[]) =>
    names.map((name): OwnedName => ({ space, name, owner }));
  const stored = [
    ...named("model", [model.name]),
    ...named("table or view", [model.name]),
    ...named("export file", [model.exportName ?? model.name]),
    // Commands take it for the model's name.
    ...named(
      "model",
      model.exportName === undefined || model.exportName === model.name ? [] : [model.exportName],
    ),
  ];
  // It is asked through its cube.
  if (isRollUp(model)) return stored;
  const derived = isCube(model) ? namesOfCube(model.typeName) : namesOfDocument(model.typeName);
  return [
    ...stored,
    ...named("GraphQL type", Object.values(derived.types)),
    ...named("query field", Object.values(derived.queries)),
    ...named("subscription field", Object.values(derived.subscriptions)),
    ...listTypes(owner, model.fields),
  ];
}

/** The types of objects and closed sets among the fields, at any depth. */
const listTypes = (owner: string, fields: Fields): readonly OwnedName[] =>
  Object.values(fields).flatMap((field) => listFieldTypes(owner, field.kind === "list" ? field.item : field));

function listFieldTypes(owner: string, field: Field): readonly OwnedName[] {
  if (field.kind === "enumeration") return toEnumerationNames(owner, field);
  if (field.kind !== "object") return [];
  const meaning = toMeaning(field);
  return [{ space: "GraphQL type", name: field.typeName, owner, meaning }, ...listTypes(owner, field.fields)];
}

function toEnumerationNames(owner: string, field: EnumerationField): readonly OwnedName[] {
  const { typeName, typeDescription, values } = field;
  const meaning = JSON.stringify(["enumeration", typeDescription, values]);
  return [typeName, filterNameOf(typeName)].map((name) => ({ space: "GraphQL type", name, owner, meaning }));
}

const toMeaning = ({ kind, fields }: ObjectField): string => JSON.stringify([kind, fields]);

function listProcedureNames(owner: string, procedure: ProcedureDefinition): readonly OwnedName[] {
  const { field, result } = namesOfProcedure(procedure.name);
  return [
    { space: "procedure", name: procedure.name, owner },
    { space: `${procedure.kind} field`, name: field, owner },
    { space: "GraphQL type", name: result, owner },
    ...Object.values(procedure.arguments).flatMap((argument): readonly OwnedName[] => {
      if (argument.kind !== "list") return listFieldTypes(owner, argument);
      const { item } = argument;
      const meaning = toMeaning(item);
      return [
        { space: "GraphQL type", name: inputNameOf(item.typeName), owner, meaning },
        ...listTypes(owner, item.fields),
      ];
    }),
    ...listTypes(owner, procedure.result),
  ];
}

function listImportNames(domain: NamedDomain, of: (what: string) => string): readonly OwnedName[] {
  return Object.entries(domain.imports ?? {}).flatMap(([name, { files, procedures }]) => [
    ...files.flatMap(({ file, or = {}, staging }): readonly OwnedName[] => [
      // Remarks are kept by domain and file, which is matched without regard to case.
      ...[file, ...Object.keys(or)].map((form) => ({
        space: "import file" as const,
        name: `${domain.name}/${form}`,
        owner: of(`import file ${form}`),
      })),
      { space: "table or view", name: staging, owner: of(`import file ${file}`) },
    ]),
    ...procedures
      .filter((procedure) => typeof procedure === "string")
      .map((procedure) => ({
        space: "procedure" as const,
        name: procedure,
        owner: of(`import ${name}`),
        meaning: `${domain.name}.${procedure}`,
      })),
  ]);
}

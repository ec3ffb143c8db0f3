import type { Field, Fields, LinkField, ObjectField } from "../models/field.ts";
import { renamedTo } from "../models/former-names.ts";
import { type Document, type DocumentModel, toFieldName } from "../models/model.ts";
import type { StoredField } from "../stores/conversion/stored-fields.ts";
import type { Builder } from "./builder.ts";
import { storedAs, takenBy } from "./compile-selection.ts";
import { entityIdOf } from "./entity-ids.ts";
import { costing } from "./field-cost.ts";
import { asColumn } from "./files/field-extensions.ts";
import { readLinkedId, rootOf } from "./links.ts";
import type { ScalarTypes } from "./scalar-types.ts";

type ObjectRef = ReturnType<typeof objectRef>;
type ObjectFields = Parameters<NonNullable<Parameters<ObjectRef["implement"]>[0]["fields"]>>[0];
/** What Pothos takes for a field of an object, whatever its type. */
type NamedField = readonly [
  string,
  ReturnType<NonNullable<Parameters<ObjectRef["implement"]>[0]["fields"]>>[string],
];
const objectRef = (builder: Builder, name: string) => builder.objectRef<Document>(name);

/** The description of a field, when it says more than that of its type. */
export const described = (field: Exclude<Field, { kind: "link" }>): { readonly description?: string } =>
  "typeDescription" in field && field.description === field.typeDescription
    ? {}
    : { description: field.description };

/** What every document is: one thing that has an id. */
export const createNodeType = (builder: Builder) =>
  builder.interfaceRef<Document>("Node").implement({
    description: "A document of any model, by an id that no other has.",
    resolveType: ({ __typename }) => String(__typename), // asNode says it
    fields: (t) => ({ id: t.id({ resolve: unresolved }) }),
  });

/** Of a link from what a role may ask for the past of to what it may not. */
const WITHOUT_PAST = "Of it no earlier state is there for you: an error under `asOf`, and null.";

/** Every type has a field of its own in place of the interface's. */
const unresolved = (): never => {
  throw new TypeError("An interface resolves nothing.");
};

/**
 * Creates the GraphQL object type of every model, each a `Node`, and of the objects inside.
 * @throws TypeError for a link to an unknown model, and for a model with a field `id` of its own
 */
export function createDocumentTypes(
  builder: Builder,
  models: readonly DocumentModel[],
  {
    scalarType,
    node,
  }: { readonly scalarType: ScalarTypes; readonly node: ReturnType<typeof createNodeType> },
) {
  const hasPast = models.some(({ withoutPast }) => !withoutPast);
  const refs = new Map(models.map((model) => [model.name, objectRef(builder, model.typeName)]));
  const nested = new Map<string, ObjectRef>();

  const nestedRef = (field: ObjectField): ObjectRef => {
    // Of one name are objects of one shape only (findNameProblems).
    const known = nested.get(field.typeName);
    if (known) return known;
    const ref = objectRef(builder, field.typeName);
    nested.set(field.typeName, ref);
    implement(ref, field.typeDescription, field.fields);
    return ref;
  };

  const linkField = (t: ObjectFields, name: string, field: LinkField) => {
    const target = models.find((model) => model.name === field.model);
    const type = target && refs.get(target.name);
    if (!type) throw new TypeError(`Link ${name} leads to ${field.model}, which is no model.`);
    const told = hasPast && target.withoutPast ? [WITHOUT_PAST] : [];
    const description = [field.description ?? [], told].flat().join(" ");
    return t.field({
      type,
      nullable: true,
      ...(description === "" ? {} : { description }),
      resolve: (document, _args, context, info) => {
        const id = readLinkedId(document, field);
        return id === null ? null : context.reads.planOf(rootOf(info)).load(target, id, info);
      },
    });
  };

  /** A field under its name, and under the one that it had. */
  const storedFields = (t: ObjectFields, name: string, field: StoredField): readonly NamedField[] => {
    const make = (deprecationReason: string | undefined) => {
      const options = {
        nullable: field.nullable,
        ...described(field),
        ...(deprecationReason === undefined ? {} : { deprecationReason }),
        // Pothos derives the resolver's type from a literal type name, which a model's field is not; both
        // stores promise values of the field's kind (DocumentStore).
        resolve: (document: Document) => document[name] as never,
      };
      const stored = { ...storedAs(name), ...asColumn(field) };
      if (field.kind !== "list") return t.field({ ...options, type: typeOf(field), extensions: stored });
      const extensions = { ...stored, ...costing({ rows: () => field.expected }) };
      return t.field({ ...options, type: [typeOf(field.item)], extensions });
    };
    const current = [name, make(field.deprecated)] as const;
    return field.formerly === undefined ? [current] : [current, [field.formerly, make(renamedTo(name))]];
  };

  const implement = (ref: ObjectRef, description: string, fields: Fields, model?: DocumentModel) => {
    if (model) addId(builder, ref, model);
    builder.objectType(ref, {
      description,
      ...(model ? { interfaces: [node] } : {}),
      fields: (t) =>
        Object.fromEntries(
          Object.entries(fields).flatMap(([name, field]): readonly NamedField[] =>
            field.kind === "link" ? [[name, linkField(t, name, field)]] : storedFields(t, name, field),
          ),
        ),
    });
  };

  const typeOf = (field: Exclude<Field, { kind: "link" | "list" }>) =>
    field.kind === "object" ? nestedRef(field) : scalarType(field);

  for (const model of models) {
    const ref = refs.get(model.name);
    if (ref) implement(ref, model.description, model.fields, model);
  }
  return (model: DocumentModel): ObjectRef => {
    const ref = refs.get(model.name);
    if (!ref) throw new TypeError(`Model ${model.name} is not part of this schema.`);
    return ref;
  };
}

/** The id is made of what a document holds, so that it costs an answer no resolver. */
function addId(builder: Builder, ref: ObjectRef, { name, typeName, key, fields }: DocumentModel): void {
  if ("id" in fields)
    throw new TypeError(
      `Model ${name}: every document has a field "id" that is unique in the whole schema. Name the model's otherwise, and its column: "${toFieldName(typeName)}Id".`,
    );
  const take = (document: Document) => entityIdOf(typeName, key, document);
  builder.objectField(ref, "id", (t) => t.id({ resolve: take, extensions: takenBy("id", take) }));
}

import type { Field, Fields, ObjectField } from "../models/field.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import type { Builder } from "./builder.ts";
import { isStored } from "./compile-selection.ts";
import { costing } from "./field-cost.ts";
import { asColumn } from "./files/field-extensions.ts";
import { readLinkedId, rootOf } from "./links.ts";
import type { ScalarTypes } from "./scalar-types.ts";

type ObjectRef = ReturnType<typeof objectRef>;
const objectRef = (builder: Builder, name: string) => builder.objectRef<Document>(name);

/**
 * Creates the GraphQL object type of every model and of the objects inside.
 * @throws TypeError for a link to an unknown model
 */
export function createDocumentTypes(
  builder: Builder,
  models: readonly DocumentModel[],
  scalarType: ScalarTypes,
) {
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

  const implement = (ref: ObjectRef, description: string, fields: Fields) => {
    builder.objectType(ref, {
      description,
      fields: (t) =>
        Object.fromEntries(
          Object.entries(fields).map(([name, field]) => {
            if (field.kind === "link") {
              const target = models.find((model) => model.name === field.model);
              const type = target && refs.get(target.name);
              if (!type) throw new TypeError(`Link ${name} leads to ${field.model}, which is no model.`);
              const link = t.field({
                type,
                nullable: true,
                description: field.description,
                resolve: (document, _args, context, info) => {
                  const id = readLinkedId(document, field);
                  return id === null ? null : context.reads.planOf(rootOf(info)).load(target, id, info);
                },
              });
              return [name, link];
            }
            const stored = {
              description: field.description,
              nullable: field.nullable,
              ...(field.deprecated === undefined ? {} : { deprecationReason: field.deprecated }),
            };
            // Pothos derives the resolver's type from a literal type name, which a model's field is not; both
            // stores promise values of the field's kind (DocumentStore).
            const resolve = (document: Document) => document[name] as never;
            if (field.kind === "list")
              return [
                name,
                t.field({
                  ...stored,
                  type: [typeOf(field.item)],
                  resolve,
                  extensions: { ...isStored, ...asColumn(field), ...costing({ rows: () => field.expected }) },
                }),
              ];
            const extensions = { ...isStored, ...asColumn(field) };
            return [name, t.field({ ...stored, type: typeOf(field), resolve, extensions })];
          }),
        ),
    });
  };

  const typeOf = (field: Exclude<Field, { kind: "link" | "list" }>) =>
    field.kind === "object" ? nestedRef(field) : scalarType(field);

  for (const model of models) {
    const ref = refs.get(model.name);
    if (ref) implement(ref, model.description, model.fields);
  }
  return (model: DocumentModel): ObjectRef => {
    const ref = refs.get(model.name);
    if (!ref) throw new TypeError(`Model ${model.name} is not part of this schema.`);
    return ref;
  };
}

import type { GraphQLResolveInfo } from "graphql";
import { VitrineError } from "../errors.ts";
import { inputNameOf, namesOfProcedure } from "../models/derived-names.ts";
import type { ScalarField } from "../models/field.ts";
import type { DocumentModel } from "../models/model.ts";
import type { ArgumentField, ProcedureDefinition } from "../models/procedure.ts";
import type { Builder } from "./builder.ts";
import type { RequestContext } from "./context.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { readLinkedId, rootOf } from "./links.ts";
import type { ScalarTypes } from "./scalar-types.ts";
import { quote, readValue } from "./values.ts";

interface Surroundings {
  readonly models: readonly DocumentModel[];
  readonly documentType: ReturnType<typeof createDocumentTypes>;
  readonly scalarType: ScalarTypes;
}

/** What a call resolves to: arguments and results by name, and the token of a mutation. */
type Answer = Readonly<Record<string, unknown>>;

/**
 * Adds a root field for each procedure: a mutation for one that writes, a query for one that reads.
 * @throws TypeError for a link to an unknown model
 */
export function addProcedureFields(
  builder: Builder,
  procedures: readonly ProcedureDefinition[],
  around: Surroundings,
): void {
  if (procedures.some(({ kind }) => kind === "mutation"))
    builder.mutationType({
      description:
        "Procedures that write, each in one transaction. Their token lets a later read see the write: `afterWrite`.",
    });
  const itemTypes = new Map<string, ReturnType<typeof createItemType>>();
  const itemType = (item: Extract<ArgumentField, { kind: "list" }>["item"]) => {
    const type = itemTypes.get(item.typeName) ?? createItemType(builder, item, around.scalarType);
    itemTypes.set(item.typeName, type);
    return type;
  };
  for (const procedure of procedures) {
    const type = createResultType(builder, procedure, around);
    const name = namesOfProcedure(procedure.name).field;
    const field = {
      type,
      // A refused call leaves the other root fields of the operation their answers.
      nullable: true,
      description: procedure.description,
    } as const;
    const args = (t: Parameters<Parameters<Builder["queryField"]>[1]>[0]["arg"]) =>
      Object.fromEntries(
        Object.entries(procedure.arguments).map(([argument, spec]) => {
          const options = { description: spec.description, required: !spec.nullable };
          return spec.kind === "list"
            ? [argument, t({ ...options, type: [itemType(spec.item)] })]
            : [argument, t({ ...options, type: around.scalarType(spec) })];
        }),
      );
    const call = async (given: Answer, { call, reads }: RequestContext, info: GraphQLResolveInfo) => {
      const values = readArguments(procedure, given);
      // What the procedure has touched is read where the write is for certain.
      const plan = reads.open(rootOf(info), null, { source: "LIVE", maxStalenessMs: undefined });
      const answer = await plan.call(procedure.name, call(procedure, values));
      // The mutations of one request run one after the other, and an earlier one may have shown the same document.
      if (procedure.kind === "mutation") reads.forgetDocuments();
      return { ...values, ...answer.values, token: answer.token };
    };
    if (procedure.kind === "mutation")
      builder.mutationField(name, (t) =>
        t.field({
          ...field,
          args: args(t.arg),
          resolve: (_root, given, context, info) => call(given, context, info),
        }),
      );
    else
      builder.queryField(name, (t) =>
        t.field({
          ...field,
          args: args(t.arg),
          resolve: (_root, given, context, info) => call(given, context, info),
        }),
      );
  }
}

/** Arguments in canonical form. @throws VitrineError BAD_INPUT that names the argument */
function readArguments(procedure: ProcedureDefinition, given: Answer): Answer {
  const read = (field: ScalarField, value: unknown, path: string) => {
    if (value === null || value === undefined) return null;
    try {
      return readValue(field, value);
    } catch (error) {
      const problem = error instanceof VitrineError ? error.message : `${quote(value)} is refused.`;
      throw new VitrineError("BAD_INPUT", `${path}: ${problem}`, { details: { field: path } });
    }
  };
  return Object.fromEntries(
    Object.entries(procedure.arguments).map(([name, field]) => {
      const value = given[name];
      if (field.kind !== "list") return [name, read(field, value, name)];
      if (!Array.isArray(value)) return [name, null];
      const { fields } = field.item;
      const items = value.map((item: Answer, index) =>
        Object.fromEntries(
          Object.entries(fields).map(([key, spec]) => [
            key,
            read(spec, item[key], `${name}[${index}].${key}`),
          ]),
        ),
      );
      return [name, items];
    }),
  );
}

function createItemType(
  builder: Builder,
  item: Extract<ArgumentField, { kind: "list" }>["item"],
  scalarType: ScalarTypes,
) {
  return builder.inputType(inputNameOf(item.typeName), {
    description: item.typeDescription,
    fields: (t) =>
      Object.fromEntries(
        Object.entries(item.fields).map(([name, field]) => [
          name,
          t.field({
            type: scalarType(field),
            description: field.description,
            required: !field.nullable,
          }),
        ]),
      ),
  });
}

function createResultType(
  builder: Builder,
  procedure: ProcedureDefinition,
  { models, documentType, scalarType }: Surroundings,
) {
  const typeName = namesOfProcedure(procedure.name).result;
  return builder.objectRef<Answer>(typeName).implement({
    description: `What \`${procedure.name}\` answers.`,
    fields: (t) => {
      const fields = Object.entries(procedure.result).map(([name, field]) => {
        if (field.kind !== "link") {
          const { description, nullable } = field;
          // The caller promises a value of the field's kind (ProcedureCaller).
          const resolve = (answer: Answer) => answer[name] as never;
          return [name, t.field({ type: scalarType(field), description, nullable, resolve })] as const;
        }
        const target = models.find((model) => model.name === field.model);
        if (!target) throw new TypeError(`Procedure ${procedure.name}: ${field.model} is no model.`);
        const link = t.field({
          type: documentType(target),
          nullable: true,
          description: field.description,
          resolve: (answer, _args, { reads }, info) => {
            const id = readLinkedId(answer, field);
            return id === null ? null : reads.planOf(rootOf(info)).load(target, id, info);
          },
        });
        return [name, link] as const;
      });
      if (procedure.kind === "query") return Object.fromEntries(fields);
      const token = t.string({
        nullable: true,
        resolve: (answer) => answer.token as string | null, // set by the resolver of the mutation
      });
      return { ...Object.fromEntries(fields), token };
    },
  });
}

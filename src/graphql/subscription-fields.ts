import { VitrineError } from "../errors.ts";
import { namesOfDocument } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Builder } from "./builder.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { entityIdOf } from "./entity-ids.ts";
import { type createWhereType, toFilter } from "./filters.ts";
import { rootOf } from "./links.ts";
import { refuseMissingVariables } from "./missing-variables.ts";
import type { Change } from "./subscriber.ts";
import { readDocumentId } from "./values.ts";

export const MAX_IDS = 500;

/** Adds `<model>Changed`: the documents of interest first, then every change of them. */
export function addSubscriptionField(
  builder: Builder,
  model: DocumentModel,
  type: ReturnType<ReturnType<typeof createDocumentTypes>>,
  where: ReturnType<typeof createWhereType>,
): void {
  const names = namesOfDocument(model.typeName);
  const change = builder.objectRef<Change>(names.types.change).implement({
    description: `The newest state of a document of ${model.typeName}.`,
    fields: (t) => ({
      documentId: t.id({
        resolve: ({ id }) => entityIdOf(model.typeName, model.key, { [model.key]: id }),
      }),
      key: t.exposeID("id"),
      id: t.exposeID("id", {
        deprecationReason: "Not unique in the schema. Use key, or documentId.",
      }),
      document: t.field({
        type,
        nullable: true,
        resolve: (parent) => parent.document,
      }),
    }),
  });
  builder.subscriptionField(names.subscriptions.changed, (t) =>
    t.field({
      type: change,
      description: `Each ${model.typeName} of interest as it is, then as it changes.`,
      args: { ids: t.arg.idList(), where: t.arg({ type: where }) },
      subscribe: (_root, args, context, info) => {
        refuseMissingVariables(info);
        if (args.ids && args.ids.length > MAX_IDS)
          throw new VitrineError("BAD_INPUT", `ids: has more than ${MAX_IDS} values.`);
        const ids = args.ids?.map((id) => readDocumentId(model, id)) ?? null;
        return context.documents.follow(model, { ids, where: toFilter(model, args.where) });
      },
      resolve: (event, _args, context, info) => {
        // Each event is an answer of its own: its links are read anew.
        context.reads.restart();
        context.pace.restart();
        context.reads.open(rootOf(info), model, { source: "AUTO", maxStalenessMs: undefined });
        return event;
      },
    }),
  );
}

import { createHash } from "node:crypto";
import { VitrineError } from "../errors.ts";
import { namesOfDocument } from "../models/derived-names.ts";
import { renamedTo } from "../models/former-names.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import type { HistoryPage, Version } from "../stores/document-store.ts";
import type { Builder } from "./builder.ts";
import type { createDocumentTypes } from "./document-types.ts";
import { atMoment } from "./entity-ids.ts";
import { costing, STATEMENT_COST } from "./field-cost.ts";
import { listing } from "./files/field-extensions.ts";
import { placeOf, rootOf } from "./links.ts";
import type { Connection } from "./paging.ts";
import { readDocumentId } from "./values.ts";

export const DEFAULT_VERSIONS = 20;
export const MAX_VERSIONS = 100;

/** What finding one version weighs, in fields: some statements. */
export const STEP_COST = 10;

function readLimit({ first }: { readonly first?: unknown }): number {
  const limit = typeof first === "number" ? first : DEFAULT_VERSIONS;
  if (limit < 0 || limit > MAX_VERSIONS)
    throw new VitrineError("BAD_INPUT", `first: must be 0 to ${MAX_VERSIONS}, not ${limit}.`);
  return limit;
}

type QueryFields = Parameters<Parameters<Builder["queryField"]>[1]>[0];

interface History extends HistoryPage {
  readonly cursorOf: (version: Version) => string;
  readonly isContinued: boolean;
}

/** Adds `<model>History`: the versions of one document, newest first. */
export function addHistoryField(
  builder: Builder,
  model: DocumentModel,
  type: ReturnType<ReturnType<typeof createDocumentTypes>>,
  pageInfo: ReturnType<ReturnType<typeof builder.objectRef<Connection>>["implement"]>,
): void {
  const history = createHistoryType(builder, model, createVersionType(builder, model, type), pageInfo);
  const { queries } = namesOfDocument(model.typeName);
  const description = `The versions of one ${model.typeName} by its \`${model.key}\`, newest first, by the changes that made them.`;
  const field =
    (options: { readonly description?: string; readonly deprecationReason?: string }) => (t: QueryFields) =>
      t.field({
        ...options,
        type: history,
        args: { id: t.arg.id({ required: true }), first: t.arg.int(), after: t.arg.string() },
        extensions: {
          ...listing(MAX_VERSIONS),
          ...costing({
            rows: (given) => readLimit(given),
            // A snapshot is opened, and one version is looked for to know whether there is any.
            own: (given) => 2 * STATEMENT_COST + Math.max(readLimit(given), 1) * STEP_COST,
          }),
        },
        resolve: async (_root, args, context, info) => {
          const id = readDocumentId(model, args.id);
          const limit = readLimit(args);
          const codec = createCodec(model, id);
          const before = typeof args.after === "string" ? codec.decode(args.after) : null;
          const plan = context.reads.open(rootOf(info), model, { source: "LIVE", maxStalenessMs: undefined });
          plan.spend(limit);
          const page = await plan.read(model, (store, options) =>
            store.findVersions(model, id, { limit, before }, options),
          );
          return { ...page, cursorOf: codec.encode, isContinued: before !== null };
        },
      });
  builder.queryField(queries.history, field({ description }));
  if (queries.formerHistory !== undefined)
    builder.queryField(queries.formerHistory, field({ deprecationReason: renamedTo(queries.history) }));
}

function createVersionType(
  builder: Builder,
  model: DocumentModel,
  type: Parameters<typeof addHistoryField>[2],
) {
  return builder.objectRef<Version>(namesOfDocument(model.typeName).types.version).implement({
    description: `${model.typeName} between two changes.`,
    fields: (t) => ({
      document: t.field({
        type,
        nullable: true,
        resolve: ({ document, error, changedAt, validFrom }, _args, context, info) => {
          if (error) throw error;
          const asOf = validFrom ?? undefined;
          context.reads.open(placeOf(info.path), model, {
            source: "LIVE",
            maxStalenessMs: undefined,
            asOf,
          });
          return document && atMoment(document, changedAt);
        },
      }),
      validFrom: t.expose("validFrom", {
        type: "DateTime",
        nullable: true,
      }),
      validTo: t.expose("validTo", {
        type: "DateTime",
        nullable: true,
      }),
      changedFields: t.exposeStringList("changedFields"),
    }),
  });
}

function createHistoryType(
  builder: Builder,
  model: DocumentModel,
  version: ReturnType<typeof createVersionType>,
  pageInfo: Parameters<typeof addHistoryField>[3],
) {
  const edge = builder
    .objectRef<{ readonly node: Version; readonly cursor: string }>(
      namesOfDocument(model.typeName).types.versionEdge,
    )
    .implement({
      description: `One of the versions of a ${model.typeName}.`,
      fields: (t) => ({
        node: t.field({ type: version, resolve: ({ node }) => node }),
        cursor: t.exposeString("cursor"),
      }),
    });
  return builder.objectRef<History>(namesOfDocument(model.typeName).types.history).implement({
    description: `Versions of a ${model.typeName}, newest first; the next page is older.`,
    fields: (t) => ({
      nodes: t.field({
        type: [version],
        resolve: ({ versions }) => [...versions],
      }),
      edges: t.field({
        type: [edge],
        resolve: ({ versions, cursorOf }) => versions.map((node) => ({ node, cursor: cursorOf(node) })),
      }),
      pageInfo: t.field({
        type: pageInfo,
        resolve: toConnection,
      }),
    }),
  });
}

/** The part of a connection that PageInfo asks for. */
const toConnection = ({ versions, cursorOf, hasMore, isContinued }: History): Connection => ({
  items: async () => versions.map((version) => ({ node: {}, cursor: cursorOf(version) })),
  hasNextPage: async () => hasMore,
  hasPreviousPage: async () => isContinued,
  totalCount: async () => versions.length,
});

/** A cursor names the change that made a version of this very document. */
function createCodec(model: DocumentModel, id: DocumentId) {
  const bond = createHash("sha256")
    .update(JSON.stringify([model.name, id]))
    .digest("base64url")
    .slice(0, 8);
  return {
    encode: ({ changedAt }: Version): string => Buffer.from(`${bond}.${changedAt}`).toString("base64url"),
    decode: (cursor: string): string => {
      const text = Buffer.from(cursor, "base64url").toString("utf8");
      const changedAt = text.startsWith(`${bond}.`) ? text.slice(bond.length + 1) : "";
      if (!/^\d{1,16}$/.test(changedAt))
        throw new VitrineError("BAD_INPUT", "after: is no cursor of this document's history.");
      return changedAt;
    },
  };
}

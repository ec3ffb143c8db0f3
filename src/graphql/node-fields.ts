import type { GraphQLResolveInfo } from "graphql";
import { VitrineError } from "../errors.ts";
import type { Document, DocumentId, DocumentModel } from "../models/model.ts";
import { parseDocumentId } from "../stores/conversion/document-id.ts";
import type { Builder } from "./builder.ts";
import type { RequestContext } from "./context.ts";
import type { createNodeType } from "./document-types.ts";
import { asNode, atMoment, isChange, parseEntityId } from "./entity-ids.ts";
import { costing } from "./field-cost.ts";
import { STEP_COST } from "./history-fields.ts";
import { MAX_PAGE } from "./paging.ts";
import { type createReadArguments, readDemand } from "./read-arguments.ts";
import type { ReadDemand } from "./reads.ts";
import { quote, readDateTime } from "./values.ts";

/** A document that is asked for by its id. */
interface Wanted {
  readonly model: DocumentModel;
  readonly key: DocumentId;
  readonly moment: string | undefined;
}

/**
 * Adds `node` and `nodes`: documents of any model by the ids that they have in answers, those of the past too.
 * @param models those of all types that are a `Node`
 */
export function addNodeFields(
  builder: Builder,
  models: readonly DocumentModel[],
  {
    node,
    readArguments,
  }: {
    readonly node: ReturnType<typeof createNodeType>;
    readonly readArguments: ReturnType<typeof createReadArguments>;
  },
): void {
  const byType = new Map(models.map((model) => [model.typeName, model]));
  builder.queryField("node", (t) => {
    // The moment is in the id.
    const args = readArguments(t, { withoutPast: true });
    return t.field({
      type: node,
      nullable: true,
      description: "A document of any model by its `id`; null when there is none.",
      args: { id: t.arg.id({ required: true, description: "As an answer had it." }), ...args },
      extensions: costing({ own: ({ id }) => costOf([id]) }),
      resolve: async (_root, given, context, info) => {
        const wanted = readEntityId(byType, given.id);
        const around = { demand: readDemand(given, context), context, info };
        return loadTogether([{ wanted, place: String(info.path.key) }], around)[0];
      },
    });
  });
  builder.queryField("nodes", (t) => {
    const args = readArguments(t, { withoutPast: true });
    return t.field({
      type: [node],
      nullable: { list: false, items: true },
      description:
        "Documents of any models by their ids, in the order of these; null for one that is not there.",
      args: {
        ids: t.arg.idList({ required: true, description: `As answers had them, at most ${MAX_PAGE}.` }),
        ...args,
      },
      extensions: costing({ rows: ({ ids }) => listOf(ids).length, own: ({ ids }) => costOf(listOf(ids)) }),
      resolve: (_root, given, context, info) =>
        loadEach(given.ids, byType, { demand: readDemand(given, context), context, info }),
    });
  });
}

const listOf = (ids: unknown): readonly unknown[] => (Array.isArray(ids) ? ids : []);

/** A version is looked for in a history. */
const costOf = (ids: readonly unknown[]): number =>
  ids.filter((id) => isChange(parseEntityId(String(id))?.moment ?? "")).length * STEP_COST;

function attempt<T>(work: () => T): T | VitrineError {
  try {
    return work();
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
}

/** @throws VitrineError BAD_INPUT */
function readEntityId(byType: ReadonlyMap<string, DocumentModel>, id: string): Wanted {
  const entity = parseEntityId(id);
  const model = entity && byType.get(entity.typeName);
  const key = model && parseDocumentId(model, entity.key);
  const isOfHiddenPast = entity?.moment !== undefined && model?.withoutPast === true;
  if (!entity || !model || key === undefined || isOfHiddenPast)
    throw new VitrineError(
      "BAD_INPUT",
      `id: ${quote(id)} is the id of no document. Give one that an answer had as \`id\`.`,
    );
  const { moment } = entity;
  return { model, key, moment: moment === undefined || isChange(moment) ? moment : readDateTime(moment) };
}

interface Asked {
  readonly wanted: Wanted;
  /** Where its document is in the answer: its links find their plan there. */
  readonly place: string;
}

interface Around {
  readonly demand: ReadDemand;
  readonly context: RequestContext;
  readonly info: GraphQLResolveInfo;
}

/** In the order of the ids; one that is malformed is an error and leaves the others their answers. */
function loadEach(
  ids: readonly string[],
  byType: ReadonlyMap<string, DocumentModel>,
  around: Around,
): (Promise<Document | null> | null)[] {
  if (ids.length > MAX_PAGE) throw new VitrineError("BAD_INPUT", `ids: has more than ${MAX_PAGE} values.`);
  const read = ids.map((id, index) => ({
    wanted: attempt(() => readEntityId(byType, id)),
    place: `${around.info.path.key} ${index}`,
  }));
  const asked = read.flatMap(({ wanted, place }) =>
    wanted instanceof VitrineError ? [] : [{ wanted, place }],
  );
  const found = loadTogether(asked, around)[Symbol.iterator]();
  // GraphQL answers null for an item that is an error, and reports it with its path.
  return read.map(({ wanted }) =>
    wanted instanceof VitrineError ? (wanted as never) : (found.next().value ?? null),
  );
}

/** Those of one model and moment share a plan: they are read in one look. */
function loadTogether(asked: readonly Asked[], around: Around): readonly Promise<Document | null>[] {
  const groups = new Map<string, Asked[]>();
  for (const one of asked) {
    const { model, moment } = one.wanted;
    const name = `${model.typeName} ${moment ?? ""}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const loaders = new Map<string, (key: DocumentId) => Promise<Document | null>>();
  for (const [name, group] of groups) {
    const [{ wanted } = group[0] as Asked] = group; // no group is empty
    const places = group.map(({ place }) => place);
    loaders.set(name, openLoader(wanted, { places, ...around }));
  }
  return asked.map(({ wanted: { model, moment, key } }) =>
    (loaders.get(`${model.typeName} ${moment ?? ""}`) as (key: DocumentId) => Promise<Document | null>)(
      key,
    ).then((document) => document && asNode(model.typeName, document)),
  );
}

function openLoader(
  { model, moment }: Wanted,
  { places, demand, context: { reads }, info }: Around & { readonly places: readonly string[] },
): (key: DocumentId) => Promise<Document | null> {
  if (moment !== undefined && demand.source === "MIRROR")
    return () =>
      Promise.reject(
        new VitrineError(
          "BAD_INPUT",
          "id: is of the past, and the mirror keeps the newest state only. Leave source out, or say LIVE.",
        ),
      );
  const live = { source: "LIVE", maxStalenessMs: undefined } as const;
  if (moment === undefined || !isChange(moment)) {
    const plan = reads.open(places, model, moment === undefined ? demand : { ...live, asOf: moment });
    return (key) => plan.load(model, key, info);
  }
  const plan = reads.open(places, model, live);
  return async (key) => {
    plan.spend(1);
    const before = String(BigInt(moment) + 1n);
    const { versions } = await plan.read(model, (store, options) =>
      store.findVersions(model, key, { limit: 1, before }, options),
    );
    const [version] = versions;
    if (version?.changedAt !== moment) return null;
    if (version.error) throw version.error;
    // Its links show what was there when it began.
    if (version.validFrom !== null) reads.open(places, model, { ...live, asOf: version.validFrom });
    return version.document && atMoment(version.document, moment);
  };
}

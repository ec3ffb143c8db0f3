import type { GraphQLSchema } from "graphql";
import { isCube } from "../models/cube.ts";
import { namesOfDocument } from "../models/derived-names.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Project } from "../models/project.ts";
import { isRollUp } from "../models/roll-up.ts";
import { type Builder, createBuilder } from "./builder.ts";
import { createConnectionType, createPageInfo, documentPlaces } from "./connection-types.ts";
import { toFacts } from "./cube-facts.ts";
import { addCubeField } from "./cube-fields.ts";
import { createStepType } from "./cube-window-fields.ts";
import { standardDirectives } from "./directives.ts";
import { createDocumentTypes, createNodeType } from "./document-types.ts";
import { costing, countConditions, STATEMENT_COST } from "./field-cost.ts";
import { listing, pagesOf } from "./files/field-extensions.ts";
import { createFilterTypes, createWhereType, filterableFields } from "./filters.ts";
import { addHistoryField } from "./history-fields.ts";
import { refuseMissingVariables } from "./missing-variables.ts";
import { addNodeFields } from "./node-fields.ts";
import { orderValues } from "./order-values.ts";
import { paceFields } from "./pace-fields.ts";
import { createConnection, MAX_PAGE, readPageArguments, readPageSize } from "./paging.ts";
import { addProcedureFields } from "./procedure-fields.ts";
import { createReadArguments, readDemand } from "./read-arguments.ts";
import { addRunsField } from "./run-fields.ts";
import { createScalarTypes } from "./scalar-types.ts";
import { selectedFields } from "./selected-fields.ts";
import { describeSharedWords } from "./shared-words.ts";
import { addSubscriptionField } from "./subscription-fields.ts";
import { readDocumentId } from "./values.ts";

/**
 * The GraphQL schema of a project: for every document model a type, a field by id and a Relay connection;
 * for every cube a field that groups its facts; for every procedure a field that calls it.
 * @throws TypeError when definitions contradict each other.
 */
export function createSchema(project: Pick<Project, "domains" | "shownTo">): GraphQLSchema {
  const all = project.domains.flatMap((domain) => domain.models);
  const models = all.filter((model) => !isCube(model));
  const builder = createBuilder();
  const shared = { pageInfo: createPageInfo(builder), readArguments: createReadArguments(builder) };
  const scalarType = createScalarTypes(builder);
  const cubes = all.filter((model) => isCube(model)).filter((model) => !isRollUp(model));
  const nodes = [...models, ...cubes.filter(({ cube }) => !cube.withoutFacts).map(toFacts)];
  const past = all.length === 0 || all.some(({ withoutPast }) => !withoutPast);
  const node = createNodeType(builder);
  const documentType = createDocumentTypes(builder, nodes, { scalarType, node });
  const filterType = createFilterTypes(builder, scalarType);
  builder.queryType({
    description: `Every document model can be read by id and in pages, every cube in groups, from either store.\n\n${describeSharedWords({ past })}`,
  });

  if (models.length + cubes.length > 0)
    builder.subscriptionType({
      description:
        "Documents of the mirror, and rows of cubes, as they change, over SSE or WebSocket: first every one of interest, then each change, without a gap. A slow client gets the newest state of each, not every state between.",
    });

  for (const model of models) {
    const type = documentType(model);
    const connection = createConnectionType(builder, model, type, shared.pageInfo);
    const where = createWhereType(builder, model, filterType);
    const order = createOrderType(builder, model);
    const names = namesOfDocument(model.typeName);
    addSubscriptionField(builder, model, type, where);

    builder.queryField(names.queries.byId, (t) =>
      t.field({
        type,
        nullable: true,
        description: `One ${model.typeName} by its \`${model.key}\`; null when there is none.`,
        args: { id: t.arg.id({ required: true }), ...shared.readArguments(t, model) },
        resolve: (_root, args, context, info) =>
          context.reads
            .open(String(info.path.key), model, readDemand(args, context))
            .load(model, readDocumentId(model, args.id), info),
      }),
    );
    builder.queryField(names.queries.connection, (t) =>
      t.field({
        type: connection,
        nullable: true,
        description: `Pages of ${model.typeName}.`,
        args: {
          where: t.arg({ type: where }),
          orderBy: t.arg({ type: [order] }),
          first: t.arg.int(),
          after: t.arg.string(),
          last: t.arg.int(),
          before: t.arg.string(),
          ...shared.readArguments(t, model),
        },
        extensions: {
          ...listing(MAX_PAGE),
          ...pagesOf(model),
          ...costing({
            rows: (given) => readPageSize(given).limit,
            own: (given) => STATEMENT_COST + countConditions(given, ["where"]),
          }),
        },
        resolve: (_root, args, context, info) => {
          refuseMissingVariables(info);
          const page = readPageArguments(model, args);
          const plan = context.reads.open(String(info.path.key), model, readDemand(args, context));
          return createConnection(plan, model, page, selectedFields(info, model, documentPlaces));
        },
      }),
    );
  }
  for (const model of models.filter(({ withoutPast }) => !withoutPast))
    addHistoryField(builder, model, documentType(model), shared.pageInfo);
  const { readArguments } = shared;
  if (cubes.length > 0) {
    const stepType = createStepType(builder);
    const { pageInfo } = shared;
    const around = { models, documentType, scalarType, filterType, readArguments, stepType, pageInfo };
    for (const cube of cubes) addCubeField(builder, cube, around);
  }
  const procedures = project.domains.flatMap((domain) => domain.procedures ?? []);
  addNodeFields(builder, nodes, { node, readArguments });
  if (project.shownTo?.runs !== false) addRunsField(builder);
  addProcedureFields(builder, procedures, { models, documentType, scalarType });
  // Types and fields stay in the order of their definition: that is how a person reads them.
  return paceFields(builder.toSchema({ sortSchema: false, directives: standardDirectives }));
}

function createOrderType(builder: Builder, model: DocumentModel) {
  const names = filterableFields(model).map(([name, { formerly }]) => ({ name, formerly }));
  return builder.enumType(namesOfDocument(model.typeName).types.orderBy, {
    description: `Orders of ${model.typeName}.`,
    values: orderValues(names),
  });
}

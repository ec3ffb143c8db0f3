import type { CubeModel } from "../models/cube.ts";
import { namesOfCube } from "../models/derived-names.ts";
import type { Builder } from "./builder.ts";
import { cubeCost, type QuestionTypes, questionArguments } from "./cube-arguments.ts";
import { readCubeQuestion } from "./cube-conversion.ts";
import type { Surroundings } from "./cube-fields.ts";
import type { AnsweredRow, createRowType } from "./cube-row-types.ts";
import { type Question, readSelection } from "./cube-selection.ts";
import { costing } from "./field-cost.ts";
import { rootOf } from "./links.ts";
import type { CubeUpdate } from "./live-rows.ts";
import { refuseMissingVariables } from "./missing-variables.ts";

/** The newest state of a row, with what its fields need of the question. */
interface ShownChange {
  readonly key: string;
  readonly row: AnsweredRow | null;
}
/** An update and the question that it is about. */
interface ShownUpdate {
  readonly update: CubeUpdate;
  readonly question: Question;
}

/** Where the rows stand in an event. */
const ROWS = ["changes", "row"] as const;

/** Adds `<cube>Changed`: the rows of a question first, then those that differ or are gone, as often as it is evaluated. */
export function addCubeSubscription(
  builder: Builder,
  cube: CubeModel,
  types: QuestionTypes & { readonly row: ReturnType<typeof createRowType> },
  around: Surroundings,
): void {
  const names = namesOfCube(cube.typeName);
  const update = createUpdateType(builder, cube, types.row);
  builder.subscriptionField(names.subscriptions.changed, (t) =>
    t.field({
      type: update,
      description: `${cube.description} First all rows of the question, then those that differ and those that are gone, at most once a second, without a gap. Read from the mirror.`,
      args: questionArguments(t.arg, cube, { ...types, conversion: `As of ${names.queries.rows}.` }, around),
      extensions: costing(cubeCost),
      subscribe: (_root, args, context, info) => {
        refuseMissingVariables(info);
        const selected = readSelection(info, args.orderBy, ROWS);
        const asked = readCubeQuestion(cube, args, selected, around.models);
        const convertTo = (args.convertTo ?? null) === null ? null : String(args.convertTo);
        const question = { where: asked.query.where, asOf: undefined, places: selected.places };
        return show(context.liveCubes.follow({ ...asked, cube, convertTo }, context.client), question);
      },
      resolve: (event, _args, context, info) => {
        // Each event is an answer of its own: what its rows lead to is read anew.
        context.reads.restart();
        context.pace.restart();
        context.reads.open(rootOf(info), cube, { source: "AUTO", maxStalenessMs: undefined });
        return event;
      },
    }),
  );
}

function createUpdateType(builder: Builder, { typeName }: CubeModel, row: ReturnType<typeof createRowType>) {
  const names = namesOfCube(typeName).types;
  const change = builder.objectRef<ShownChange>(names.rowChange).implement({
    description: `The newest state of a row of ${typeName}.`,
    fields: (t) => ({
      key: t.exposeID("key"),
      row: t.field({
        type: row,
        nullable: true,
        resolve: (parent) => parent.row,
      }),
    }),
  });
  return builder.objectRef<ShownUpdate>(names.update).implement({
    description: `How the rows of a question to ${typeName} differ from what was told before.`,
    fields: (t) => ({
      isWhole: t.boolean({
        resolve: ({ update }) => update.isWhole,
      }),
      position: t.field({
        type: "BigInt",
        resolve: ({ update }) => update.position,
      }),
      asOf: t.field({
        type: "DateTime",
        resolve: ({ update }) => update.asOf,
      }),
      changes: t.field({
        type: [change],
        resolve: ({ update, question }) =>
          update.changes.map(({ key, row: one }) => ({ key, row: one && { ...one, question } })),
      }),
    }),
  });
}

/** Updates with their question. No generator: one that waits for the next value cannot be ended. */
function show(updates: AsyncIterableIterator<CubeUpdate>, question: Question): AsyncIterable<ShownUpdate> {
  const toShown = async (
    result: Promise<IteratorResult<CubeUpdate>>,
  ): Promise<IteratorResult<ShownUpdate>> => {
    const { done, value } = await result;
    return done ? { done, value: undefined } : { done: false, value: { update: value, question } };
  };
  const shown: AsyncIterableIterator<ShownUpdate> = {
    next: () => toShown(updates.next()),
    return: () => toShown(updates.return?.() ?? Promise.resolve({ done: true, value: undefined })),
    [Symbol.asyncIterator]: () => shown,
  };
  return shown;
}

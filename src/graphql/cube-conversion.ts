import { VitrineError } from "../errors.ts";
import type { CubeModel } from "../models/cube.ts";
import type { DocumentModel } from "../models/model.ts";
import { convertGroups, findRateDemand } from "../stores/convert-groups.ts";
import { conversionOf, toConvertedCube, toPartsQuery, usesMoney } from "../stores/converted-cube.ts";
import { type CubeQuery, type CubeRow, checkCubeQuery, MAX_GROUPS } from "../stores/cube-store.ts";
import { readRates, toRates } from "../stores/exchange-rates.ts";
import type { Builder } from "./builder.ts";
import type { Surroundings } from "./cube-fields.ts";
import { type CubeArguments, readCubeQuery } from "./cube-query.ts";
import type { Selection } from "./cube-selection.ts";
import type { ReadPlan } from "./reads.ts";

export type QueryArguments = Parameters<Parameters<Builder["queryFields"]>[0]>[0]["arg"];

/** The argument `convertTo` of a cube that says how its money converts. */
export function convertArgument(
  arg: QueryArguments,
  cube: CubeModel,
  { scalarType }: Surroundings,
  own?: string,
) {
  const { conversion, dimensions } = cube.cube;
  const currency = conversion && dimensions[conversion.currency];
  if (!conversion || !currency) return {};
  const { date, scale, rates } = conversion;
  const description =
    own ??
    `Show money of ${cube.typeName} in this ${currency.name}: each fact by the rate of its ${date} in ${rates}, or of the last day before that has one; ${scale} digits, rounded once per value that is shown. A missing rate is an error that names day and pair.`;
  return { convertTo: arg({ type: scalarType(currency.type), description }) };
}

/** What a question asks a store for, and how rows are made of what the store says. */
export interface CubeQuestion {
  /** What the client asked for. */
  readonly query: CubeQuery;
  /** What a store is asked: of money that is converted, what each currency and day adds. */
  readonly asked: CubeQuery;
  /**
   * The rows of the answer, from those of a store. The rates are read as these were: from the store of the plan, as of its
   * moment.
   */
  answer(plan: ReadPlan, read: () => Promise<readonly CubeRow[]>): Promise<readonly CubeRow[]>;
}

/**
 * Reads the arguments of a cube's field. `models` are those that the schema has.
 * @throws VitrineError BAD_INPUT that names the argument; QUERY_INVALID for a measure across values of what it requires
 */
export function readCubeQuestion(
  cube: CubeModel,
  args: CubeArguments,
  selected: Selection,
  models: readonly DocumentModel[],
): CubeQuestion {
  const target = (args.convertTo ?? null) === null ? null : String(args.convertTo);
  const shown = target === null ? cube : toConvertedCube(cube);
  const query = readCubeQuery(shown, args, selected);
  checkCubeQuery(shown, query);
  if (target === null || !usesMoney(cube, query))
    return { query, asked: query, answer: (_plan, read) => read() };
  const rates = models.find(({ name }) => name === conversionOf(cube).rates);
  if (!rates) throw new TypeError(`The rates of cube ${cube.name} are no model of the schema.`);
  return {
    query,
    asked: toPartsQuery(cube, query),
    async answer(plan, read) {
      const parts = { cube, query, rows: await read().catch(explainParts) };
      const demand = findRateDemand(parts, target);
      // Of a currency that is the target already no rate is asked for, and nothing is said of how old rates are.
      const known =
        demand.currencies.length === 0
          ? toRates(rates, target, [])
          : await plan.read(rates, (store, { signal, timeoutMs, asOf, collection }) =>
              readRates(store, rates, demand, {
                asOf,
                collection,
                onPage: (documents) => spendRates(plan, documents),
                ...(signal ? { signal } : {}),
                ...(timeoutMs === undefined ? {} : { timeoutMs }),
              }),
            );
      return convertGroups(parts, known, plan.signal);
    },
  };
}

/** Says of a limit that is exceeded what of a conversion exceeds it. */
const explainLimit =
  (explanation: string) =>
  (error: unknown): never => {
    if (!(error instanceof VitrineError) || error.code !== "LIMIT_EXCEEDED") throw error;
    throw new VitrineError("LIMIT_EXCEEDED", `convertTo: ${explanation}`, { cause: error });
  };

const explainParts = explainLimit(
  `what each currency and day adds to each group is more than ${MAX_GROUPS} parts. Group by fewer dimensions, or narrow it with \`where\`.`,
);
const explainRates = explainLimit(
  "with the rates of all its currencies and days the query reads more documents than one may. Narrow `where` to fewer days or currencies.",
);

function spendRates(plan: ReadPlan, documents: number): void {
  try {
    plan.spend(documents);
  } catch (error) {
    explainRates(error);
  }
}

import { VitrineError } from "../errors.ts";
import type { Document, DocumentModel } from "../models/model.ts";
import { toUnits } from "./conversion/exact-decimal.ts";
import type { DocumentStore, Filter, FilterValue, PageRequest, ReadOptions } from "./document-store.ts";
import { startTimeLimit } from "./time-limit.ts";

/** Which rates a conversion needs: those that count on some of these days. */
export interface RateDemand {
  readonly currencies: readonly string[];
  readonly target: string;
  readonly firstDay: string;
  readonly lastDay: string;
}

/** Rates to one currency. */
export interface Rates {
  /** Itself worth one, on every day. */
  readonly target: string;
  /** Digits after the point of every rate. */
  readonly scale: number;
  /**
   * What one of another currency was worth on a day, in units of 10^-scale: by the rate of that day, or of the last day before of
   * which one is known.
   * @throws VitrineError RATE_UNKNOWN that names day and pair; DOCUMENT_INVALID for a rate that is not above zero
   */
  rateOf(currency: string, day: string): bigint;
}

/** Rates that one statement reads, unless told. */
const PAGE = 500;

export interface RateReadOptions extends ReadOptions {
  /** Told how many rates a page had, as it comes; what it throws ends the reading. */
  readonly onPage?: (documents: number) => void;
  readonly pageSize?: number;
}

/**
 * Reads the rates of a demand from a store, in pages; all of them have the time of `options` together.
 * @throws VitrineError DOCUMENT_INVALID for two rates of a pair and a day
 */
export async function readRates(
  store: DocumentStore,
  model: DocumentModel,
  demand: RateDemand,
  { onPage, pageSize = PAGE, ...options }: RateReadOptions = {},
): Promise<Rates> {
  const time = startTimeLimit(options);
  const fields = Object.keys(model.fields).filter((name) => NEEDED.includes(name) || name === model.key);
  const readPage: ReadPage = async (request) => {
    const page = await store.findPage(
      model,
      { ...request, limit: pageSize, before: null, fromEnd: false },
      { ...options, timeoutMs: time.leftMs(), fields },
    );
    onPage?.(page.length);
    return { page, isLast: page.length < pageSize };
  };
  const found: Document[] = [];
  for (const currency of demand.currencies)
    found.push(...(await readCurrency(model, { ...demand, currency }, readPage)));
  return toRates(model, demand.target, found);
}

type ReadPage = (
  request: Pick<PageRequest, "where" | "orderBy" | "after">,
) => Promise<{ readonly page: readonly Document[]; readonly isLast: boolean }>;

const NEEDED = ["currencyFrom", "date", "rate"];

/** The rates of one pair, from the last day back to the one that counts on the first. */
async function readCurrency(
  model: DocumentModel,
  { currency, target, firstDay, lastDay }: Omit<RateDemand, "currencies"> & { readonly currency: string },
  readPage: ReadPage,
): Promise<readonly Document[]> {
  const filters: Filter[] = [
    { kind: "compare", field: "currencyTo", operator: "eq", value: target },
    { kind: "compare", field: "currencyFrom", operator: "eq", value: currency },
    { kind: "compare", field: "date", operator: "lte", value: lastDay },
  ];
  const found: Document[] = [];
  for (let after: PageRequest["after"] = null; ; ) {
    const { page, isLast } = await readPage({
      where: { kind: "and", filters },
      orderBy: [{ field: "date", direction: "desc" }],
      after,
    });
    found.push(...page);
    const last = page.at(-1);
    const counting = found.find(({ date }) => String(date) <= firstDay);
    // One of a day before that of the first: two of its day have both been seen.
    if (!last || isLast || (counting && String(last.date) < String(counting.date))) return found;
    after = [String(last.date), last[model.key] as FilterValue];
  }
}

interface KnownRate {
  readonly day: string;
  readonly text: string;
  readonly units: bigint;
}

/** Rates from the documents of a model that lead to one currency. */
export function toRates(model: DocumentModel, target: string, documents: readonly Document[]): Rates {
  const rate = model.fields.rate;
  const scale = rate?.kind === "decimal" ? rate.scale : 0;
  const known = new Map<string, KnownRate[]>();
  for (const { currencyFrom, date, rate: text } of documents) {
    const own = known.get(String(currencyFrom)) ?? [];
    known.set(String(currencyFrom), own);
    own.push({ day: String(date), text: String(text), units: toUnits(String(text), scale) });
  }
  for (const [currency, own] of known) {
    own.sort((left, right) => (left.day < right.day ? -1 : left.day > right.day ? 1 : 0));
    const twice = own.find(({ day }, at) => own[at + 1]?.day === day);
    if (twice)
      throw new VitrineError(
        "DOCUMENT_INVALID",
        `${model.name} has two rates from ${currency} to ${target} of ${twice.day}. Leave one of them.`,
      );
  }
  return {
    target,
    scale,
    rateOf(currency, day) {
      const found = findLast(known.get(currency) ?? [], day);
      if (!found)
        throw new VitrineError(
          "RATE_UNKNOWN",
          `${model.name} has no rate from ${currency} to ${target} of ${day} or a day before. Add one, or narrow where to what can be converted.`,
          { details: { day, from: currency, to: target } },
        );
      if (found.units <= 0n)
        throw new VitrineError(
          "DOCUMENT_INVALID",
          `${model.name}: the rate from ${currency} to ${target} of ${found.day} is ${found.text}, and must be above zero. Correct it there.`,
          { details: { day: found.day, from: currency, to: target } },
        );
      return found.units;
    },
  };
}

/** The last one up to a day, of some in the order of their days. */
function findLast(rates: readonly KnownRate[], day: string): KnownRate | undefined {
  let [low, high] = [0, rates.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rates[middle]?.day ?? "") <= day) low = middle + 1;
    else high = middle;
  }
  return rates[low - 1];
}

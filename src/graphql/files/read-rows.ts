import { setTimeout as wait } from "node:timers/promises";
import type { ExecutionResult } from "graphql";
import { VitrineError } from "../../errors.ts";
import { toGraphQLError } from "../graphql-errors.ts";
import type { Limits } from "../limits.ts";
import type { AnsweredRows } from "./find-rows.ts";
import type { Row } from "./flatten-rows.ts";
import type { ListedOperation } from "./listed-operation.ts";
import type { RowCount } from "./note-stream.ts";

/** Executes the operation of a list with these variables. */
type Run = (variables: Row) => Promise<ExecutionResult>;

export interface ReadRows {
  /** `extensions` of the answer that gave the first rows: how old these are. */
  readonly extensions: ExecutionResult["extensions"] | undefined;
  /** All rows, read page by page: the next page while this one is taken. */
  readonly rows: AsyncIterable<Row>;
}

/** What one page may be. */
type PageLimits = Pick<Limits, "maxCost" | "maxFirst">;

/**
 * Reads the rows of a list. The first of them are read when this resolves, so that what is wrong with the question is known
 * before anything is sent.
 * @throws what `run` answers as its first error, as do `rows`
 */
export async function readRows(list: ListedOperation, run: Run, limits: PageLimits): Promise<ReadRows> {
  const pages = createPages(list, run, limits);
  const first = await pages.read(list.after, 0);
  return { extensions: first.extensions, rows: rowsFrom(list, pages, first) };
}

interface Page extends AnsweredRows {
  readonly extensions: ExecutionResult["extensions"] | undefined;
}

async function* rowsFrom(
  list: ListedOperation,
  pages: ReturnType<typeof createPages>,
  first: Page,
): AsyncIterable<Row> {
  let done = 0;
  for (let page: Page | undefined = first; page; ) {
    const reached: number = done + page.rows.length;
    const ends: boolean = page.next === null || (list.wanted !== undefined && reached >= list.wanted);
    const next: Promise<Page> | undefined = ends ? undefined : pages.read(page.next, reached);
    next?.catch(() => undefined); // whoever awaits it is told; when nobody does any more, nobody minds
    for (const row of page.rows) {
      // Its error has ended the page that it is of.
      if (row !== null) yield row;
    }
    done = reached;
    page = await next;
  }
}

/** Pages are as large as the limits of one answer allow, and shrink where an answer turns out to be larger than that. */
function createPages(list: ListedOperation, run: Run, limits: PageLimits) {
  let size = list.most === undefined ? undefined : rowsWithin(list, list.most, limits);
  const sizeFor = (done: number) =>
    size === undefined || list.wanted === undefined ? size : Math.min(size, list.wanted - done);
  return {
    async read(after: string | null, done: number): Promise<Page> {
      for (;;) {
        const first = sizeFor(done);
        const { data, errors, extensions } = await run(list.variablesOf(first, after));
        if (!errors?.length && data) {
          const page = list.read(data);
          if (first !== undefined && !list.isPaged && page.rows.length >= first) throw notAll(first);
          return { ...page, extensions };
        }
        const error = toGraphQLError(errors?.[0]);
        const { code, retryAfterSeconds } = error.extensions;
        // A file that has begun is not broken off for that: it goes on when there is room, within its time.
        if (code === "OVERLOADED" && done > 0) {
          await wait(Number(retryAfterSeconds) * 1000, undefined, { ref: false });
          continue;
        }
        if (code !== "LIMIT_EXCEEDED" || !list.isPaged || first === undefined || first < 2) throw error;
        size = first >> 1;
      }
    },
  };
}

/** How many rows may be asked for at once: an answer of one more row costs as much as one of two more than one. */
function rowsWithin(list: ListedOperation, most: number, { maxCost, maxFirst = most }: PageLimits): number {
  const one = list.costOf(1);
  const perRow = list.costOf(2) - one;
  const fitting = perRow <= 0 ? most : Math.floor((maxCost - one) / perRow) + 1;
  return Math.max(Math.min(most, maxFirst, fitting), 1);
}

/**
 * The rows of a file: as many as are wanted, when a number is.
 * @throws VitrineError LIMIT_EXCEEDED, when it comes to that, for more than allowed
 */
export async function* limitRows(
  rows: AsyncIterable<Row>,
  wanted: number | undefined,
  maxRows: number,
  read: RowCount = { rows: 0 },
): AsyncIterable<Row> {
  if (wanted !== undefined && wanted <= 0) return;
  let done = 0;
  for await (const row of rows) {
    done += 1;
    if (done > maxRows) throw tooMany(maxRows);
    read.rows = done;
    yield row;
    if (done === wanted) return;
  }
}

const tooMany = (maxRows: number) =>
  new VitrineError(
    "LIMIT_EXCEEDED",
    `The file has more than ${maxRows} rows. Ask for fewer, with where or first, or raise VITRINE_MAX_FILE_ROWS.`,
  );

const notAll = (first: number) =>
  new VitrineError(
    "LIMIT_EXCEEDED",
    `There are ${first} rows or more, and a list of groups has no next page: the file might lack some. Group by less, narrow it with where, or say how many with first.`,
  );

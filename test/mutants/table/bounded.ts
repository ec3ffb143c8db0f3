import type { Mutant } from "../mutant.ts";

const unwanted = "integration/graphql/unwanted-work.test.ts";
const locked = "integration/graphql/locked-mutation.test.ts";
const bounded = "integration/graphql/bounded-work.test.ts";

/** Work that nobody waits for, and work that one request may ask for. */
export const boundedMutants: readonly Mutant[] = [
  {
    trap: "A request that was given up while it waited for a connection runs all the same.",
    file: "src/stores/mariadb/limited-pool.ts",
    find: "    signal.throwIfAborted();\n    return target.query(sql, values);",
    replace: "    return target.query(sql, values);",
    test: unwanted,
    named: "no statement follows",
  },
  {
    trap: "A statement that starts late gets all of the time again.",
    file: "src/stores/time-limit.ts",
    find: "Math.max(endsAt - performance.now(), 1)",
    replace: "Math.max(timeoutMs, 1)",
    test: unwanted,
    named: "a statement may take what is left",
  },
  {
    trap: "Nobody may end a thread inside a procedure.",
    file: "src/stores/mariadb/mariadb.ts",
    find: "[threadId], 1000)) && options.callsProcedures",
    replace: "[threadId], 1000)) && !options.callsProcedures",
    test: locked,
    named: "given up while it waits for a lock",
  },
  {
    trap: "A thread inside a procedure is taken for a lost connection.",
    file: "src/stores/mariadb/watch-silence.ts",
    find: "(await isThread(server, id, silentMs)) ?? true",
    replace: "false",
    test: locked,
    named: "waits long for a lock",
  },
  {
    trap: "A commit that was sent is killed.",
    file: "src/stores/mariadb/limited-pool.ts",
    find: "isCommitted = true;",
    replace: "isCommitted = false;",
    test: locked,
    named: "whose commit was sent",
  },
  {
    trap: "A lost commit is told as a server that is away.",
    file: "src/stores/mariadb/limited-pool.ts",
    find: "if (!isLost && sqlErrorOf(error)?.sqlState) throw error;",
    replace: "if (isLost) throw error;",
    test: locked,
    named: "lost at the commit",
  },
  {
    trap: "A long answer is put together in one go.",
    file: "src/graphql/answer-pace.ts",
    find: "return take(LONG_LIST).then(() => inPieces(list));",
    replace: "return list;",
    test: bounded,
    named: "leaves the event loop to others",
  },
  {
    trap: "An answer grows without end.",
    file: "src/graphql/answer-pace.ts",
    find: "if (values > limits.maxValues)",
    replace: "if (values < 0)",
    test: bounded,
    named: "too many values",
  },
  {
    trap: "Lists inside documents are free.",
    file: "src/graphql/document-types.ts",
    find: "rows: () => field.expected",
    replace: "rows: () => 1",
    test: "integration/graphql/query-cost.test.ts",
    named: "no less than a part",
  },
  {
    trap: "A hundred thousand groups are sorted for the sake of ten.",
    file: "src/stores/keep-first.ts",
    find: "if (last !== undefined && (order.withTies",
    replace: "if (limit < 0 && last !== undefined && (order.withTies",
    test: "unit/stores/keep-first.test.ts",
    named: "for the sake of ten",
  },
  {
    trap: "A history gives nothing when its time does not do for a page.",
    file: "src/stores/history/document-history.ts",
    find: "isCut = found.length > 0 && performance.now() > lateAt;",
    replace: "isCut = false;",
    test: "integration/history/partial-page.test.ts",
    named: "whose time is nearly up",
  },
];

import type { Mutant } from "../mutant.ts";

/** Short cuts: the fast path, what is written side by side, queues that are forgotten. */
export const paceMutants: readonly Mutant[] = [
  {
    trap: "The fast path overtakes a queue that may reject the document.",
    file: "src/mirror/lanes/fast.ts",
    find: "if (!standing?.isAtRest || standing.hasRejected) continue;",
    replace: "if (!standing) continue;",
    test: "integration/mirror/fast-path.test.ts",
    named: "behind its queue a model does not take the fast path",
  },
  {
    trap: "A slow view on the fast path holds up every model.",
    file: "src/mirror/lanes/fast.ts",
    find: "ids, { timeoutMs });",
    replace: "ids, { timeoutMs: 60_000 + timeoutMs });",
    test: "integration/mirror/fast-path.test.ts",
    named: "a view that takes its time",
  },
  {
    trap: "Documents of another recorded shape are acknowledged by the fast path.",
    file: "src/mirror/resolve/cycle.ts",
    find: "if (await noteAcked(connection, durable, cycle.position))",
    replace: "await noteAcked(connection, durable, cycle.position);",
    test: "integration/mirror/fast-path.test.ts",
    named: "documents of another recorded shape",
  },
  {
    trap: "A cycle is told of before the one before it has landed.",
    file: "src/mirror/resolve/cycle-landings.ts",
    find: "      await before;\n",
    replace: "",
    test: "integration/mirror/fast-path.test.ts",
    named: "a cycle is told of only when",
  },
  {
    trap: "A worker takes positions without end while a batch is being written.",
    file: "src/mirror/lanes/worker.ts",
    find: "next.batch?.range ? RANGES : 1",
    replace: "RANGES",
    test: "integration/mirror/worker-pace.test.ts",
    named: "a worker takes no positions",
  },
  {
    trap: "A queue that has outgrown its model is worked off row by row.",
    file: "src/mirror/lanes/backlog.ts",
    find: "return isQueueLongerThan(",
    replace: "return false && isQueueLongerThan(",
    test: "integration/mirror/rebuild.test.ts",
    named: "a queue longer than its model",
  },
  {
    trap: "A queue is forgotten without a rebuild.",
    file: "src/mirror/lanes/backlog.ts",
    find: "if (isFirst) await distrustMirrorOf(connection, [model.name]);",
    replace: "",
    test: "integration/mirror/rebuild.test.ts",
    named: "a queue longer than its model",
  },
];

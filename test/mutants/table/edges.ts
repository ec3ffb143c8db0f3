import type { Mutant } from "../mutant.ts";

/** What comes from outside: connections, names, texts. */
export const edgeMutants: readonly Mutant[] = [
  {
    trap: "A connection that breaks after it was refused ends the process.",
    file: "src/monitor/http-server.ts",
    find: 'server.on("connection", (socket) => {',
    replace: 'server.on("nothing", (socket) => {',
    test: "integration/graphql/resets.test.ts",
    named: "an upgrade of another path",
  },
  {
    trap: "A refused upgrade holds its connection for as long as its client wants.",
    file: "src/monitor/http-server.ts",
    find: "setTimeout(() => socket.destroy(), FLUSH_MS)",
    replace: "setTimeout(() => undefined, FLUSH_MS)",
    test: "integration/graphql/resets.test.ts",
    named: "holds no descriptor, though it never closes",
  },
  {
    trap: "A page whose name leads to this machine is answered.",
    file: "src/monitor/allowed-hosts.ts",
    find: "if (isOpen || host === undefined) return null;",
    replace: "return null;",
    test: "integration/graphql/foreign-pages.test.ts",
    named: "is not called",
  },
  {
    trap: "One fault is logged once per node that it spoils.",
    file: "src/graphql/report-answers.ts",
    find: "if (known) known.count += 1;",
    replace: "if (known) byCode.set(code + byCode.size, { first: error, count: 1 });",
    test: "integration/graphql/reports.test.ts",
    named: "has one line per request and code",
  },
];

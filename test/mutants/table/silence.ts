import type { Mutant } from "../mutant.ts";

const silence = {
  file: "src/stores/mariadb/watch-silence.ts",
  test: "integration/stores/watch-silence.test.ts",
};
const audit = { file: "src/mirror/verify/audit.ts", test: "integration/mirror/auditor.test.ts" };
const subscribers = "integration/graphql/live-documents.test.ts";

/** What says nothing, and must not hold up the rest. */
export const silenceMutants: readonly Mutant[] = [
  {
    ...silence,
    trap: "A connection that died without a sign is waited for.",
    find: "running ? !running.has(raw.threadId)",
    replace: "running ? false",
    named: "died without a sign",
  },
  {
    ...silence,
    trap: "A long statement is cut off.",
    find: "running ? !running.has(raw.threadId)",
    replace: "running ? true",
    named: "died without a sign",
  },
  {
    ...silence,
    trap: "A server that cannot be asked is waited for without end.",
    find: "now - sight.since >= PATIENCE * silentMs",
    replace: "now < 0",
    named: "gives up in the end",
  },
  {
    trap: "A statement aside of the pool waits for ever.",
    file: "src/stores/mariadb/ask-aside.ts",
    find: 'cut(connection, new Error("There is no answer."))',
    replace: "connection.destroy()",
    test: "integration/stores/ask-aside.test.ts",
    named: "settles without an answer",
  },
  {
    trap: "A silent MariaDB takes the mirror's answers with it.",
    file: "src/freshness/freshness.ts",
    find: "endsWithin(running.done, LOOK_MS - (clock() - running.startedAt))",
    replace: "running.done.then(() => true)",
    test: "integration/graphql/freshness.test.ts",
    named: "with MariaDB silent",
  },
  {
    trap: "A spoiled document holds up those who follow others.",
    file: "src/stores/mongodb/mirror-store.ts",
    find: "if (!onInvalid || ",
    replace: "if (onInvalid || ",
    test: subscribers,
    named: "holds up no other",
  },
  {
    trap: "A document that cannot be read is told as gone.",
    file: "src/graphql/read-snapshots.ts",
    find: "subscriber.keep(id)",
    replace: "subscriber.follows(id)",
    test: subscribers,
    named: "holds up no other",
  },
  {
    ...audit,
    trap: "A model with which a server is lost each time is audited for ever.",
    find: "cursors.set(model.name, after);",
    replace: "",
    named: "again and again",
  },
  {
    ...audit,
    trap: "The auditor asks what a long log touches, for each range.",
    find: "if (await isLogLongerThan(db, LONG_LOG)) return after;",
    replace: "",
    named: "whose log is long",
  },
  {
    trap: "A cut aggregate hides behind more warnings than are listed.",
    file: "src/stores/mariadb/read-rows.ts",
    find: "warnings.length >= MAX_WARNINGS",
    replace: "warnings.length < 0",
    test: "integration/stores/live-documents.test.ts",
    named: "more warnings than are listed",
  },
  {
    trap: "A model's pace is not kept to.",
    file: "src/mirror/lanes/worker-steps.ts",
    find: "isWorkedOff ? now + pace",
    replace: "isWorkedOff ? now",
    test: "integration/mirror/worker-pace.test.ts",
    named: "asks for a pause between batches",
  },
];

import type { Mutant } from "../mutant.ts";

/** What hides that the mirror was replaced by an older copy of itself, or says so when it was not. */
export const olderCopyMutants: readonly Mutant[] = [
  {
    trap: "An older copy of the mirror is taken for the mirror.",
    file: "src/mirror/check-identity.ts",
    find: "if (suspects.length === 0) return null;",
    replace: "return null;",
    test: "integration/mirror/guard.test.ts",
    named: "an older copy of the mirror is found",
  },
  {
    trap: "A batch hides that the mirror is an older copy.",
    file: "src/stores/mongodb/mirror-records.ts",
    find: "applied: { $gte: Long.fromBigInt(acked) }",
    replace: "applied: { $gte: Long.ZERO }",
    test: "integration/mirror/older-copy.test.ts",
    named: "a batch that comes before",
  },
  {
    trap: "A batch that was read before the mirror was replaced is acknowledged.",
    file: "src/mirror/model-state.ts",
    find: "receipt in (?))",
    replace: "receipt in (?) or true)",
    test: "integration/mirror/older-copy.test.ts",
    named: "read before the lost one",
  },
  {
    trap: "A batch that was written hides from the guard that the mirror is an older copy.",
    file: "src/mirror/check-identity.ts",
    find: "< state.acked || isUnknown(state);",
    replace: "< state.acked;",
    test: "integration/mirror/older-copy.test.ts",
    named: "read before the lost one",
  },
  {
    trap: "A guard that stalls takes a receipt that was forgotten for a loss.",
    file: "src/mirror/check-identity.ts",
    find: "now.get(model.name)?.receipt === states.get(model.name)?.receipt",
    replace: "now.has(model.name)",
    test: "integration/mirror/older-copy.test.ts",
    named: "takes so long",
  },
  {
    trap: "A later write of another loader, acknowledged first, is taken for a loss.",
    file: "src/mirror/apply-batch.ts",
    find: "!receipts.includes(receipt)",
    replace: "receipts.includes(receipt)",
    test: "integration/mirror/older-copy.test.ts",
    named: "batches of two",
  },
  {
    trap: "A copy that knows the largest position is taken to know what was written after it.",
    file: "src/stores/mongodb/mirror-records.ts",
    find: "(write << POSITION_BITS) |",
    replace: "(write < 0n ? 1n : 0n) |",
    test: "integration/mirror/older-copy.test.ts",
    named: "what was written last",
  },
  {
    trap: "Documents go to one copy of the mirror, and the receipt is of another.",
    file: "src/stores/mongodb/mirror-writer.ts",
    find: "if (mongo.losses() === before) return written;",
    replace: "if (before >= 0) return written;",
    test: "integration/stores/lost-connections.test.ts",
    named: "is written again",
  },
];

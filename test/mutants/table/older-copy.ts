import type { Mutant } from "../mutant.ts";

/** What hides that the mirror was replaced by an older copy of itself. */
export const olderCopyMutants: readonly Mutant[] = [
  {
    trap: "An older copy of the mirror is taken for the mirror.",
    file: "src/mirror/guard/judge-identity.ts",
    find: "if (behind.length === 0) return",
    replace: "if (behind.length >= 0) return",
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
];

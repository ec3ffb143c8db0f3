import fc from "fast-check";
import { expect, test } from "vitest";
import { openMirror } from "../../support/open-mirror.ts";
import { attempt } from "../../support/soundness.ts";
import { readTestSeed } from "../../support/test-seed.ts";
import { findTestedDomains } from "../../support/tested-domains.ts";

/** Others on each run. VITRINE_TEST_SEED repeats one. */
const seed = readTestSeed();

test.each((await findTestedDomains()).map((one) => [one.domain.name, one] as const))(
  `after any operations of %s both stores show what the oracle derives from its tables (VITRINE_TEST_SEED=${seed})`,
  async (_, { contents, operation }) => {
    const mirror = await openMirror(contents);
    try {
      for (let round = 0; round < 3; round += 1) {
        await mirror.mirror();
        expect(await mirror.disagreements()).toEqual([]);
        // The live store, document by document, is what the mirror holds.
        expect(await mirror.defects()).toEqual([]);
        for (const one of fc.sample(operation, { numRuns: 40, seed: seed + round }))
          await mirror.db.withConnection((connection) => attempt(connection, one));
      }
      expect(await mirror.disagreements()).not.toEqual([]);
    } finally {
      await mirror.close();
    }
  },
);

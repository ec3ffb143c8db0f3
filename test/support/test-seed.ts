/** From which a test draws what it does: VITRINE_TEST_SEED, else another one each second. Its title tells which. */
export function readTestSeed(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const given = env.VITRINE_TEST_SEED;
  if (given === undefined || given === "") return Math.floor(Date.now() / 1000) % 1_000_000;
  if (!/^\d{1,9}$/.test(given)) throw new Error(`VITRINE_TEST_SEED is a whole number, not "${given}".`);
  return Number(given);
}

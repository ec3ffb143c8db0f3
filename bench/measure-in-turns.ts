import { type BenchRow, median } from "./bench-context.ts";
import { time } from "./with-shop.ts";

/** One way to do something. */
export interface Way {
  readonly what: string;
  readonly work: () => Promise<unknown>;
}

const rounds = 3;

/** The ways take turns, so that a busy moment of the machine meets all of them. */
export async function measureInTurns(ways: readonly Way[]): Promise<readonly BenchRow[]> {
  const seconds = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, { work }] of ways.entries()) seconds[index]?.push(await time(work));
  return ways.map(({ what }, index) => ({ what, seconds: median(seconds[index] ?? []) }));
}

import type { CubeModel } from "../models/cube.ts";
import { type CubeRow, questionOf } from "../stores/cube-store.ts";
import { planRollUps } from "../stores/plan-roll-up.ts";
import type { CubeQuestion } from "./cube-conversion.ts";
import type { ReadPlan } from "./reads.ts";
import type { SizeOf } from "./roll-up-sizes.ts";

/** Told how long an answer took, and whether a roll-up covers its question. */
export type NoteAnswer = (answer: { readonly ms: number; readonly isCovered: boolean }) => void;

/** Asks a question to a cube of the store that `plan` takes: of the smallest roll-up that covers it, else of the facts. */
export async function askCube(
  cube: CubeModel,
  { asked, answer }: Pick<CubeQuestion, "asked" | "answer">,
  plan: ReadPlan,
  { sizeOf, note }: { readonly sizeOf: SizeOf | undefined; readonly note: NoteAnswer },
): Promise<readonly CubeRow[]> {
  const plans = planRollUps(cube, asked, sizeOf);
  const startedAt = performance.now();
  const rows = await answer(plan, async () => {
    const found = await plan.read(cube, (store, options) => store.aggregate(cube, asked, options), {
      question: [questionOf(cube, asked), ...plans.map(({ rollUp }) => rollUp.name)].join(" "),
      shortcuts: plans.map(({ rollUp, query }) => ({
        model: rollUp,
        work: (store, options) => store.aggregate(rollUp, query, options),
      })),
    });
    note({ ms: performance.now() - startedAt, isCovered: plans.length > 0 });
    return found;
  });
  plan.spend(rows.length);
  return rows;
}

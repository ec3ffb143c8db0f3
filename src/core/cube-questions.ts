import { createHash } from "node:crypto";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** The table `vitrine_cube_question`: what was asked of cubes, by kind when no roll-up covered it. */

/** A kind of question: without its values. */
export interface CubeQuestion {
  readonly cube: string;
  /** What was asked, for people: `revenue by city`. */
  readonly question: string;
  /** The roll-up that would cover it, as JSON of a cube's definition; null: there is none. */
  readonly rollUp: string | null;
  /** Why there is none. */
  readonly reason: string | null;
}

/** All questions to a cube that a roll-up covered, as one kind: nobody asks which they were. */
export const coveredQuestionOf = (cube: string): CubeQuestion => ({
  ...{ cube, question: "", rollUp: null, reason: null },
});

/** Whether it is that kind. */
export const isCovered = ({ rollUp, reason }: CubeQuestion): boolean => rollUp === null && reason === null;

/** How often and how long. */
export interface Asked {
  readonly asked: number;
  readonly totalMs: number;
  readonly longestMs: number;
}

/** Questions are kept for so many days, today among them. */
export const KEPT_DAYS = 7;
/** Kinds of questions of all days together; those of the oldest days, asked least, go first. */
const MOST_ROWS = 1000;

/** Adds to what is known of today's questions, and drops what is too old or too much. */
export async function noteCubeQuestions(
  db: Pick<Queryable, "run" | "query">,
  questions: readonly (CubeQuestion & Asked)[],
): Promise<void> {
  if (questions.length === 0) return;
  const rows = questions
    .map(toShort)
    .map((one) => [
      hashOf(one),
      one.cube,
      one.question.slice(0, 2000),
      one.rollUp,
      one.reason?.slice(0, 1000) ?? null,
      one.asked,
      Math.round(one.totalMs),
      Math.round(one.longestMs),
    ]);
  const places = rows.map(() => "(utc_date(), ?, ?, ?, ?, ?, ?, ?, ?)").join(", ");
  await db.run(
    `insert into vitrine_cube_question
      (asked_on, question_hash, cube, question, roll_up, reason, asked, total_ms, longest_ms)
    values ${places}
    on duplicate key update
      asked = asked + values(asked), total_ms = total_ms + values(total_ms),
      longest_ms = greatest(longest_ms, values(longest_ms))`,
    rows.flat(),
  );
  await db.run(`delete from vitrine_cube_question where asked_on <= utc_date() - interval ${KEPT_DAYS} day`);
  const [row] = await db.query<{ n: string }>("select count(*) as n from vitrine_cube_question");
  const excess = Number(row?.n) - MOST_ROWS;
  if (excess > 0)
    await db.run(`delete from vitrine_cube_question order by asked_on, asked, total_ms limit ${excess}`);
}

/** Columns of 2000 letters; a roll-up that is cut is none. */
const toShort = <T extends CubeQuestion>(question: T): T =>
  question.rollUp === null || question.rollUp.length <= 2000
    ? question
    : { ...question, rollUp: null, reason: "it names so many that the roll-up would be too long" };

const hashOf = (question: CubeQuestion): string =>
  createHash("sha256")
    .update(JSON.stringify([question.cube, question.question, question.rollUp]))
    .digest("hex")
    .slice(0, 32);

/** The questions of the last days, what took longest in all first. */
export async function readCubeQuestions(
  db: Pick<Queryable, "query">,
): Promise<readonly (CubeQuestion & Asked)[]> {
  const rows = await db.query<{
    cube: string;
    question: string;
    roll_up: string | null;
    reason: string | null;
    asked: string;
    total_ms: string;
    longest_ms: string;
  }>(
    `select cube, question, roll_up, reason, sum(asked) as asked, sum(total_ms) as total_ms,
      max(longest_ms) as longest_ms
    from vitrine_cube_question where asked_on > utc_date() - interval ${KEPT_DAYS} day
    group by question_hash, cube, question, roll_up, reason
    order by sum(total_ms) desc, question_hash`,
  );
  return rows.map(({ cube, question, roll_up, reason, asked, total_ms, longest_ms }) => ({
    ...{ cube, question, rollUp: roll_up, reason },
    ...{ asked: Number(asked), totalMs: Number(total_ms), longestMs: Number(longest_ms) },
  }));
}

import {
  type Asked,
  type CubeQuestion,
  isCovered,
  KEPT_DAYS,
  readCubeQuestions,
} from "../core/cube-questions.ts";
import { type CubeModel, isCube } from "../models/cube.ts";
import type { DocumentModel } from "../models/model.ts";
import { isRollUp } from "../models/roll-up.ts";
import type { Queryable } from "../stores/mariadb/mariadb.ts";

/** Questions that one roll-up would cover; none would when it is null. */
export interface UncoveredQuestions extends Asked {
  readonly cube: string;
  readonly rollUp: unknown;
  readonly reason: string | null;
  readonly questions: readonly string[];
}

/** A cube, what is kept ready of it, and what is not. */
export interface CubeReport {
  readonly cube: string;
  readonly rollUps: readonly {
    readonly model: string;
    readonly by: readonly string[];
    readonly measures: readonly string[];
  }[];
  /** How many questions of the last days there were, covered or not, but for those of live alone. */
  readonly asked: number;
  /** What took longest in all first. */
  readonly uncovered: readonly UncoveredQuestions[];
}

/** Every cube among the models, with the questions of the last days that no roll-up covered. */
export async function readCubes(
  db: Pick<Queryable, "query">,
  models: readonly DocumentModel[],
): Promise<readonly CubeReport[]> {
  const questions = await readCubeQuestions(db);
  return models
    .filter((model): model is CubeModel => isCube(model) && !isRollUp(model))
    .map((cube) => ({ cube, asked: questions.filter((question) => question.cube === cube.name) }))
    .map(({ cube, asked }) => ({
      cube: cube.name,
      rollUps: cube.cube.rollUps.map(({ name, rollUp }) => ({
        model: name,
        by: rollUp.by.map((dimension) => dimension.name),
        measures: rollUp.measures,
      })),
      asked: asked.reduce((sum, question) => sum + question.asked, 0),
      uncovered: groupQuestions(asked.filter((question) => !isCovered(question))),
    }));
}

function groupQuestions(questions: readonly (CubeQuestion & Asked)[]): readonly UncoveredQuestions[] {
  const groups = new Map<string, UncoveredQuestions>();
  for (const { cube, question, rollUp, reason, asked, totalMs, longestMs } of questions) {
    const key = rollUp ?? `${reason}`;
    const known = groups.get(key);
    groups.set(key, {
      ...{ cube, reason, rollUp: rollUp === null ? null : JSON.parse(rollUp) },
      questions: [...(known?.questions ?? []), question],
      asked: (known?.asked ?? 0) + asked,
      totalMs: (known?.totalMs ?? 0) + totalMs,
      longestMs: Math.max(known?.longestMs ?? 0, longestMs),
    });
  }
  return [...groups.values()].sort((one, other) => other.totalMs - one.totalMs);
}

/** The same as lines for people. */
export function describeCubes(reports: readonly CubeReport[]): readonly string[] {
  if (reports.length === 0) return ["The project has no cube."];
  return reports.flatMap(({ cube, rollUps, asked, uncovered }) => [
    `${cube}: ${rollUps.length === 0 ? "no roll-ups" : `${rollUps.length} roll-ups`}`,
    ...rollUps.map(({ model, by, measures }) => `  ${model}: ${measures.join(", ")} by ${by.join(", ")}`),
    describeAsked(asked, uncovered.length === 0),
    ...uncovered.flatMap(describeQuestions),
  ]);
}

function describeAsked(asked: number, isAllCovered: boolean): string {
  const days = `the last ${KEPT_DAYS} days`;
  if (asked === 0) return `  nothing was asked in ${days}, but for what was of live alone`;
  return isAllCovered
    ? `  every question of ${days} was covered by a roll-up`
    : `  of ${days} no roll-up covered:`;
}

function describeQuestions(group: UncoveredQuestions): readonly string[] {
  const { asked, totalMs, longestMs, questions, rollUp, reason } = group;
  const times = `${asked} ${asked === 1 ? "time" : "times"}, ${Math.round(totalMs / asked)} ms on average, ${longestMs} ms at most`;
  const more = questions.length > 3 ? [`    … and ${questions.length - 3} more`] : [];
  return [
    ...questions.slice(0, 3).map((question) => `    ${question}`),
    ...more,
    `      asked ${times}`,
    rollUp === null
      ? `      no roll-up can: ${reason}`
      : `      would be covered by ${JSON.stringify(rollUp)}`,
  ];
}

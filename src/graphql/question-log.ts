import { type Asked, type CubeQuestion, coveredQuestionOf } from "../core/cube-questions.ts";
import type { CubeModel } from "../models/cube.ts";
import { type CubeQuery, filterFields } from "../stores/cube-store.ts";
import { suggestRollUp } from "../stores/suggest-roll-up.ts";

/** Notes the questions to cubes: each kind that no roll-up covers, and of each cube how many one covers. */
export interface QuestionLog {
  /** Costs the answer nothing that it would wait for. */
  note(cube: CubeModel, query: CubeQuery, answer: { readonly ms: number; readonly isCovered: boolean }): void;
  /** Writes what is left, and no more after that. */
  close(): Promise<void>;
}

/** Kinds of questions that wait to be written; more are forgotten. */
const MOST_KINDS = 200;

/**
 * Writes what was noted every few seconds. `write` may fail: the questions are lost then, and nobody is told but `onFailure`,
 * once for each row of failures.
 */
export function createQuestionLog(
  write: (questions: readonly (CubeQuestion & Asked)[]) => Promise<void>,
  options: { readonly everyMs?: number; readonly onFailure?: (error: unknown) => void } = {},
): QuestionLog {
  const { everyMs = 5000, onFailure } = options;
  const waiting = new Map<string, CubeQuestion & Asked>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  let isClosed = false;
  let hasFailed = false;
  const flush = (): Promise<void> => {
    writing = writing
      .then(() => {
        // Not before: while a write goes on, what is noted waits for its end.
        timer = undefined;
        const questions = [...waiting.values()];
        waiting.clear();
        return write(questions);
      })
      .then(
        () => {
          hasFailed = false;
        },
        (error: unknown) => {
          if (!hasFailed) onFailure?.(error);
          hasFailed = true;
        },
      );
    return writing;
  };
  const add = (question: CubeQuestion, ms: number) => {
    const key = JSON.stringify(question);
    const known = waiting.get(key);
    if (!known && waiting.size >= MOST_KINDS) return;
    waiting.set(key, {
      ...question,
      asked: (known?.asked ?? 0) + 1,
      totalMs: (known?.totalMs ?? 0) + ms,
      longestMs: Math.max(known?.longestMs ?? 0, ms),
    });
  };
  return {
    note(cube, query, { ms, isCovered }) {
      if (isClosed) return;
      try {
        add(isCovered ? coveredQuestionOf(cube.name) : describe(cube, query), ms);
      } catch (error) {
        // Whatever it is, the answer stands.
        onFailure?.(error);
      }
      timer ??= setTimeout(flush, everyMs).unref();
    },
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await flush();
    },
  };
}

/** A question without its values. */
function describe(cube: CubeModel, query: CubeQuery): CubeQuestion {
  const suggestion = suggestRollUp(cube, query);
  const sets = query.sets.map((set) => set.join(", ") || "nothing");
  const fields = [...new Set(filterFields(query.where))];
  const where = fields.length === 0 ? "" : ` where ${fields.join(", ")}`;
  return {
    cube: cube.name,
    question: `${query.measures.join(", ") || "no measure"} by ${sets.join("; ")}${where}`,
    ...("rollUp" in suggestion
      ? { rollUp: JSON.stringify(suggestion.rollUp), reason: null }
      : { rollUp: null, reason: suggestion.reason }),
  };
}

import type { z } from "zod";
import { whole } from "./config-values.ts";

/** Limits of files over HTTP, which are larger than answers and take longer. */
export interface FileLimits {
  readonly maxRows: number;
  /** Longest time from the question to the last byte, however slowly its client reads. */
  readonly timeoutMs: number;
  /** Files that are sent at a time. */
  readonly maxAtOnce: number;
}

/** Variables of files over HTTP: a part of configSchema. */
export const fileSettings = {
  VITRINE_MAX_FILE_ROWS: whole(5_000_000, 1, 1_000_000_000).describe(
    "Most rows of a file that is asked for over HTTP.",
  ),
  VITRINE_MAX_FILES: whole(4, 1, 100).describe(
    "Files that are sent over HTTP at a time; less than `VITRINE_POOL_SIZE`.",
  ),
  VITRINE_FILE_TIMEOUT_MS: whole(900_000, 100, 86_400_000).describe(
    "Longest time from the question for a file over HTTP to its last byte, however slowly its client reads.",
  ),
};

/** What is wrong with as many files at a time beside a pool of so many connections. */
export const findFileProblems = (maxFiles: number, poolSize: number): readonly string[] =>
  maxFiles < poolSize
    ? []
    : [
        `VITRINE_MAX_FILES: must be less than VITRINE_POOL_SIZE (${maxFiles}, ${poolSize}): a file that is read live has a connection for as long as its client takes`,
      ];

/** The limits that an environment states. */
export const readFileLimits = (
  env: {
    readonly [Name in keyof typeof fileSettings]: z.output<(typeof fileSettings)[Name]>;
  },
): FileLimits => ({
  maxRows: env.VITRINE_MAX_FILE_ROWS,
  timeoutMs: env.VITRINE_FILE_TIMEOUT_MS,
  maxAtOnce: env.VITRINE_MAX_FILES,
});

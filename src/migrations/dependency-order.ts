import { VitrineError } from "../errors.ts";
import { sha256 } from "../sha256.ts";
import type { RepeatableFile } from "./sql-files.ts";

/** A file in the order in which it can be applied. */
export interface OrderedFile extends RepeatableFile {
  /**
   * SHA-256 of the text and of the hashes of every file it names: when a view changes, everything built
   * on it gets another hash too, and is applied again.
   */
  readonly hash: string;
}

/**
 * Sorts files so that each comes after those that it names, otherwise in the order given.
 * @throws VitrineError MIGRATION_FAILED that names the files of a cycle.
 */
export function orderByDependency(files: readonly RepeatableFile[]): readonly OrderedFile[] {
  const byObject = new Map<string, RepeatableFile[]>();
  for (const file of files) {
    const object = file.object.toLowerCase();
    byObject.set(object, [...(byObject.get(object) ?? []), file]);
  }
  const done = new Map<RepeatableFile, OrderedFile>();
  const path: RepeatableFile[] = [];
  const visit = (file: RepeatableFile): OrderedFile => {
    const ready = done.get(file);
    if (ready) return ready;
    const start = path.indexOf(file);
    if (start >= 0) throw toCycleError([...path.slice(start), file]);
    path.push(file);
    const used = [...file.uses]
      .flatMap((name) => byObject.get(name) ?? [])
      .filter((other) => other !== file)
      .map(visit);
    path.pop();
    const hash = sha256([file.text, ...used.map((other) => other.hash).sort()].join("\0"));
    const ordered = { ...file, hash };
    done.set(file, ordered);
    return ordered;
  };
  for (const file of files) visit(file);
  return [...done.values()];
}

function toCycleError(cycle: readonly RepeatableFile[]): VitrineError {
  const names = cycle.map((file) => file.name);
  return new VitrineError(
    "MIGRATION_FAILED",
    `These files name each other in a circle, so none can be applied first: ${names.join(" → ")}.`,
    { details: { files: names } },
  );
}

import type { LostObjects, OwnerlessObject } from "../migrations/lost-objects.ts";
import type { HistoryStart } from "../stores/history/history-start.ts";

/** One thing looked at in a database that was restored. */
export interface RestoreFinding {
  readonly name: string;
  /**
   * `whole`: nothing is lost. `mended`: it was, and is made again. `gone`: it is lost for good, and nothing is left to do.
   * `problem`: something is left to do, as `detail` says.
   */
  readonly state: "whole" | "mended" | "gone" | "problem";
  readonly detail: string;
  /** What was lost, each by its kind and name. */
  readonly objects?: readonly string[];
}

const kinds = ["table", "view", "function", "procedure", "trigger"] as const;
const plural = (kind: string): string => `${kind}s`;
/** Of a long list the first. */
const SHOWN = 5;

/** What was lost as `before` tells, and what became of it as `after` does; both the same where nothing was mended. */
export function describeLost(before: LostObjects, after: LostObjects): readonly RestoreFinding[] {
  const findings = kinds.map((kind) => {
    const lost = before.missing.filter((one) => one.kind === kind);
    const left = after.missing.filter((one) => one.kind === kind);
    if (lost.length === 0 && left.length === 0)
      return { name: plural(kind), state: "whole", detail: "all are there" } as const;
    const owned = left.filter(({ remedy }) => remedy === "kept-by-owner");
    const objects = (left.length > 0 ? left : lost).map(({ name }) => `${kind} ${name}`);
    const listed = listFirst((left.length > 0 ? left : lost).map(({ name, file }) => `${name} (${file})`));
    if (left.length === 0)
      return { name: plural(kind), state: "mended", detail: `made again: ${listed}`, objects } as const;
    const remedy =
      owned.length > 0
        ? "the copy lacks them, and no file can make what was in them: restore them from a copy that has them, then run this again"
        : "missing: run `vitrine doctor --after-restore` without --dry-run";
    return { name: plural(kind), state: "problem", detail: `${listed}: ${remedy}`, objects } as const;
  });
  return [...findings, ...describeOwners(before.ownerless, after.ownerless)];
}

function describeOwners(
  before: readonly OwnerlessObject[],
  after: readonly OwnerlessObject[],
): readonly RestoreFinding[] {
  const name = "definers";
  if (before.length === 0 && after.length === 0)
    return [{ name, state: "whole", detail: "every owner is an account of this server" }];
  const toObject = ({ kind, name: object }: OwnerlessObject) => `${kind} ${object}`;
  const findings: RestoreFinding[] = [];
  const mended = before.filter((one) => !after.some((left) => toObject(left) === toObject(one)));
  if (mended.length > 0) {
    const objects = mended.map(toObject);
    const owners = [...new Set(mended.map(({ definer }) => definer))].join(", ");
    const detail = `belonged to ${owners}, whom this server does not have; made again: ${listFirst(objects)}`;
    findings.push({ name, state: "mended", detail, objects });
  }
  for (const one of after) {
    const { definer, file } = one;
    const remedy =
      file === null
        ? "it is not the project's: create the account, or make it again as another"
        : file.startsWith("migrations/")
          ? `make it again as ${file} says, or create the account`
          : "run `vitrine doctor --after-restore` without --dry-run";
    const detail = `${toObject(one)} belongs to ${definer}, whom this server does not have, so whoever uses it is refused (1449): ${remedy}`;
    findings.push({ name, state: "problem", detail, objects: [toObject(one)] });
  }
  return findings;
}

const listFirst = (all: readonly string[]): string =>
  all.length <= SHOWN ? all.join(", ") : `${all.slice(0, SHOWN).join(", ")} and ${all.length - SHOWN} more`;

/** What tells of a restored database's past. */
export interface RestoredPast extends HistoryStart {
  /** When a dump filled the database, or a copy of its files was made; null: neither shows. */
  readonly filledAt: string | null;
  /** Since when transactions are on record; null: none is; undefined: nobody may look. */
  readonly registryStart: string | null | undefined;
}

/** How far back the past can be asked, and whether it was further. */
export function toHistoryFinding(past: RestoredPast): RestoreFinding {
  const name = "history";
  const { first, byTransaction, filledAt, registryStart } = past;
  const isYounger = (moment: string | null) =>
    filledAt !== null && (moment === null || Date.parse(moment) >= Date.parse(filledAt));
  if (byTransaction.length > 0 && registryStart !== undefined && isYounger(registryStart))
    return {
      name,
      state: "gone",
      detail: `${byTransaction.join(", ")}: versioned by transaction, and the record of transactions (mysql.transaction_registry) is in no dump, so no moment before ${filledAt} can be asked for`,
    };
  if (first === null) return { name, state: "whole", detail: "no row has versions" };
  if (!isYounger(first)) return { name, state: "whole", detail: `asOf goes back to ${first}` };
  return {
    name,
    state: "gone",
    detail: `earlier versions of rows are not in this dump (made without --dump-history): asOf goes back to ${first}, when it was restored, and what is asked of before is refused (BEFORE_HISTORY)`,
  };
}

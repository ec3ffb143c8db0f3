import type { ScalarField } from "../models/field.ts";
import type { DocumentId } from "../models/model.ts";
import type { RollUpModel } from "../models/roll-up.ts";
import { filterFields } from "../stores/cube-store.ts";
import type { Filter, FilterValue } from "../stores/document-store.ts";
import { matchesFilter } from "../stores/match-filter.ts";

/**
 * Whether a group of a roll-up may be one of those that a filter on its documents leaves: its key alone tells, also when the
 * group is gone. True where it does not tell.
 */
export function mayConcern(rollUp: RollUpModel, where: Filter | null, id: DocumentId): boolean {
  if (where === null) return true;
  const { by } = rollUp.rollUp;
  if (!filterFields(where).every((field) => by.some(({ name }) => name === field))) return true;
  const texts = readTexts(id, by.length);
  if (!texts) return true;
  const values = by.map(({ name, type }, index) => [name, toValue(type, texts[index] ?? null)]);
  return matchesFilter(rollUp, where, Object.fromEntries(values));
}

/** The key of a group: the values that it is of, as texts in a JSON array (models/roll-up.ts). */
function readTexts(id: DocumentId, length: number): readonly (string | null)[] | undefined {
  try {
    const found: unknown = JSON.parse(id);
    if (!Array.isArray(found) || found.length !== length) return undefined;
    return found.every((text) => text === null || typeof text === "string") ? found : undefined;
  } catch {
    return undefined;
  }
}

/** A value in canonical form (models/field.ts): of those that are grouped by only whole numbers are no texts. */
const toValue = ({ kind }: ScalarField, text: string | null): FilterValue | null =>
  text !== null && kind === "int" ? Number(text) : text;

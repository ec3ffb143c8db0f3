import type { MaskedField, ModelAccess, PersonalRule, RowRule } from "./access.ts";
import type { Fields } from "./field.ts";
import type { DocumentModel } from "./model.ts";
import { showFields } from "./shown-fields.ts";

/** What a role says of one model, with what it says of all. */
export interface ModelGrant extends ModelAccess {
  readonly personal: PersonalRule;
  /** 1: groups of any size. */
  readonly leastGroup: number;
}

/** A model as a role has it. */
export interface ShownModel<M extends DocumentModel = DocumentModel> {
  readonly model: M;
  readonly masks: readonly MaskedField[];
}

/**
 * A model as a role has it.
 * @param models names of the models that are there for the role
 */
export function showModel(
  model: DocumentModel,
  { only, except = [], personal, history }: ModelGrant,
  models: ReadonlySet<string>,
): ShownModel {
  const access = {
    only: only && new Set([...only, model.key]),
    except: new Set(except),
    personal,
    models,
  };
  const { fields, masks } = showFields(model.fields, access);
  return { model: withFields(model, fields, { withoutPast: history !== true }), masks };
}

/** A model with some of its fields only, each of which may be shown otherwise. */
export function withFields<M extends DocumentModel>(
  model: M,
  fields: Fields,
  { withoutPast }: { readonly withoutPast: boolean },
): M {
  const filters = model.filters.filter((name) => {
    const field = fields[name];
    return field !== undefined && field.kind !== "link" && field.filter;
  });
  const { unindexed } = model;
  return {
    ...model,
    fields,
    filters,
    columns: Object.fromEntries(Object.entries(model.columns).filter(([name]) => fields[name])),
    ...(unindexed && { unindexed: unindexed.filter((name) => filters.includes(name)) }),
    ...(withoutPast && { withoutPast }),
  };
}

/** The filters that a rule asks of. */
export function filtersOf(rule: RowRule): readonly string[] {
  return Object.entries(rule).flatMap(([name, value]) => {
    if (name !== "and" && name !== "or" && name !== "not") return [name];
    return [value].flat().flatMap((inner) => filtersOf(inner as RowRule)); // the check of the rule has seen it
  });
}

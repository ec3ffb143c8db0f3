import { createGuard, type Guard } from "../../src/access/guard.ts";
import type { ModelRights } from "../../src/access/role-project.ts";
import type { Mask, RowRule } from "../../src/models/access.ts";
import type { Field, Fields } from "../../src/models/field.ts";
import type { DocumentModel } from "../../src/models/model.ts";

export interface TestRights {
  readonly model: DocumentModel;
  readonly where?: RowRule | null;
  /** `parts.t` is in the items of a list. */
  readonly hidden?: readonly string[];
  readonly masks?: Readonly<Record<string, Mask>>;
  readonly history?: boolean;
  readonly facts?: boolean;
  readonly leastGroup?: number;
}

export const MASK_KEY = "a key of tests";

/** What a role sees of a model, put together by hand. */
export function rightsOf({ model, hidden = [], masks = {}, ...rest }: TestRights): ModelRights {
  const fields = without(model.fields, hidden);
  const filters = model.filters.filter((name) => name in fields && !(name in masks));
  return {
    where: null,
    history: false,
    facts: false,
    leastGroup: 1,
    ...rest,
    model,
    shown: { ...model, fields, filters },
    masks: Object.entries(masks).map(([path, mask]) => ({ path: path.split("."), mask })),
  };
}

/** The guard of somebody whose role sees these models. */
export function guardOf(
  models: readonly TestRights[],
  claims: Readonly<Record<string, unknown>> = {},
): Guard {
  const rights = new Map(models.map((one) => [one.model.name, rightsOf(one)]));
  const project = { sql: "sql", domains: [] };
  const principal = { name: "somebody", role: "tested", claims, expiresAt: null };
  return createGuard({ role: "tested", project, rights, procedures: new Map() }, principal, {
    maskKey: MASK_KEY,
  });
}

function without(fields: Fields, hidden: readonly string[]): Fields {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]): [string, Field][] => {
      if (hidden.includes(name)) return [];
      const deeper = hidden.flatMap((one) =>
        one.startsWith(`${name}.`) ? [one.slice(name.length + 1)] : [],
      );
      if (field.kind === "object") return [[name, { ...field, fields: without(field.fields, deeper) }]];
      if (field.kind !== "list" || field.item.kind !== "object") return [[name, field]];
      const item = { ...field.item, fields: without(field.item.fields, deeper) };
      return [[name, { ...field, item }]];
    }),
  );
}

import type { DocumentModel } from "../models/model.ts";
import { isRollUp } from "../models/roll-up.ts";
import type { DocumentStore, Filter, ReadOptions } from "../stores/document-store.ts";
import type { ProcedureCaller } from "../stores/mariadb/call-procedure.ts";
import { checkDocuments, createSeenModels } from "./guard-model.ts";
import { guardProcedures } from "./guard-procedures.ts";
import {
  documentRows,
  type FindGuarded,
  type GuardedModel,
  guardStore,
  guardStream,
  type Stream,
} from "./guard-store.ts";
import type { Principal } from "./principal.ts";
import type { RoleProject } from "./role-project.ts";
import { claimsOf, findClaim, toRuleFilter } from "./rule-filter.ts";
import type { Show } from "./show-document.ts";

/** What stands between somebody who asks and the stores. Models are given as their role has them, and known by name. */
export interface Guard {
  /** Tells apart principals who see different rows: the same for all who see the same. */
  readonly key: string;
  /** Both stores as they see them. */
  stores(
    stores: Readonly<Record<DocumentStore["name"], DocumentStore>>,
  ): Readonly<Record<DocumentStore["name"], DocumentStore>>;
  /** Documents that come from elsewhere one after the other, as they see them: a snapshot that a file is read from. */
  stream<Options extends ReadOptions>(stream: Stream<Options>): Stream<Options>;
  /** Calls procedures with the arguments that are fixed for them. */
  procedures(caller: ProcedureCaller): ProcedureCaller;
  /** A model as it is defined. @throws VitrineError FORBIDDEN */
  definitionOf<M extends DocumentModel>(model: M): M;
  /** The documents that are there, beside what is asked; null: all. @throws VitrineError FORBIDDEN */
  rowsOf(model: DocumentModel): Filter | null;
  /** How a document looks to them; undefined: as it is. @throws VitrineError FORBIDDEN */
  showOf(model: DocumentModel): Show | undefined;
}

export interface GuardSettings {
  /** With what masked texts are hashed. */
  readonly maskKey?: string | undefined;
}

/**
 * The guards of a role. What it sees of each model is compiled once, for all who have it.
 * @returns a function that throws VitrineError FORBIDDEN for somebody who lacks a claim that a rule of the role needs, or has
 *   one of another kind
 */
export function createGuards(
  roleProject: RoleProject,
  { maskKey }: GuardSettings = {},
): (principal: Principal) => Guard {
  const seenOf = createSeenModels(roleProject, maskKey);
  const ruled = [...roleProject.rights.values()].flatMap(({ model, where }) =>
    where && !isRollUp(model) ? [{ model, where }] : [],
  );
  const names = [...new Set(ruled.flatMap(({ where }) => claimsOf(where)))].sort();
  return ({ claims }) => {
    // All of them, whatever is asked: a token that lacks a claim is found out by its first question.
    const rows = new Map(ruled.map(({ model, where }) => [model.name, toRuleFilter(model, where, claims)]));
    const guarded = new Map<string, GuardedModel>();
    const find: FindGuarded = (model) => {
      const known = guarded.get(model.name);
      if (known) return known;
      const seen = seenOf(model);
      const found = { ...seen, rows: rows.get(seen.ruled.model.name) ?? null };
      guarded.set(model.name, found);
      return found;
    };
    const openDocuments = (model: DocumentModel): GuardedModel => {
      const seen = find(model);
      checkDocuments(seen);
      return seen;
    };
    return {
      key: JSON.stringify([roleProject.role, ...names.map((name) => findClaim(claims, name))]),
      stores: ({ live, mirror }) => ({ live: guardStore(live, find), mirror: guardStore(mirror, find) }),
      stream: (stream) => guardStream(stream, find),
      procedures: (caller) => guardProcedures(caller, roleProject.procedures, claims),
      definitionOf: <M extends DocumentModel>(model: M) => find(model).rights.model as M, // of the same kind
      rowsOf: (model) => documentRows(openDocuments(model)),
      showOf: (model) => openDocuments(model).show,
    };
  };
}

/** The guard of somebody who asks once. @throws VitrineError FORBIDDEN as those of createGuards do */
export const createGuard = (
  roleProject: RoleProject,
  principal: Principal,
  settings?: GuardSettings,
): Guard => createGuards(roleProject, settings)(principal);

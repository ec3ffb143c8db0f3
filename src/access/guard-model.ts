import { VitrineError } from "../errors.ts";
import { extend } from "../extend.ts";
import { type CubeModel, isCube } from "../models/cube.ts";
import type { DocumentId, DocumentModel } from "../models/model.ts";
import { isRollUp } from "../models/roll-up.ts";
import { storedNames } from "../stores/conversion/stored-fields.ts";
import { filterFields } from "../stores/cube-store.ts";
import type { Filter, PageGap, ReadOptions } from "../stores/document-store.ts";
import { toRolledFilter } from "../stores/plan-roll-up.ts";
import { both } from "./combine-filters.ts";
import type { ModelRights, RoleProject } from "./role-project.ts";
import { compileShow, type Show } from "./show-document.ts";

/** What a role sees of a model, whoever has it. */
export interface SeenModel {
  readonly rights: ModelRights;
  /** Undefined: documents are shown as they are. */
  readonly show: Show | undefined;
  /** The stored fields that are read when nobody chooses; undefined: all. */
  readonly fields: readonly string[] | undefined;
  /** Of a roll-up what its cube's facts are to the role; of any other model its own. */
  readonly ruled: ModelRights;
}

/**
 * Finds what a role sees of a model, compiled at first use.
 * @throws VitrineError FORBIDDEN for a model that is not there for it (the function that is returned)
 */
export function createSeenModels(
  { rights }: RoleProject,
  maskKey: string | undefined,
): (model: Pick<DocumentModel, "name">) => SeenModel {
  const known = new Map<string, SeenModel>();
  return ({ name }) => {
    const before = known.get(name);
    if (before) return before;
    const own = rights.get(name) ?? refuse("That is not there for you.");
    const { model, shown } = own;
    const ruled = isRollUp(model) ? rights.get(model.rollUp.facts.name) : own;
    const names = storedNames(shown);
    const seen: SeenModel = {
      rights: own,
      show: compileShow(own, maskKey),
      fields: names.length === storedNames(model).length ? undefined : names,
      ruled: ruled ?? refuse("That is not there for you."),
    };
    known.set(name, seen);
    return seen;
  };
}

/** @throws VitrineError FORBIDDEN */
export function refuse(reason: string): never {
  throw new VitrineError("FORBIDDEN", reason);
}

/**
 * Whether a roll-up can stand for the facts that a role may see: it tells the fields of the rule apart, and holds the
 * people of whom there must be so many.
 */
export function canStandFor(
  rollUp: CubeModel,
  { where, leastGroup, model }: Pick<ModelRights, "leastGroup" | "model"> & { readonly where: Filter | null },
): boolean {
  if (!isRollUp(rollUp)) return true;
  if (where !== null && rowsOfGroups(rollUp, where) === null) return false;
  return leastGroup <= 1 || Object.hasOwn(rollUp.cube.measures, peopleOf(model));
}

/** The rule on facts as one on the groups of a roll-up; null where these do not tell. */
export function rowsOfGroups(model: DocumentModel, where: Filter): Filter | null {
  if (!isRollUp(model)) return where;
  return toRolledFilter([...model.rollUp.by, ...model.rollUp.determined], where);
}

/** The measure that says how many people a group is about. @throws TypeError for a cube that does not say */
export function peopleOf(model: DocumentModel): string {
  const people = isCube(model) ? model.cube.people : undefined;
  if (people === undefined)
    throw new TypeError(`${model.name} has a least group, and no people that it is of.`);
  return people;
}

/** @throws VitrineError FORBIDDEN for documents that are facts behind groups of which alone the role may know */
export function checkDocuments({ rights: { model, shown }, ruled }: SeenModel): void {
  if (ruled.leastGroup > 1)
    refuse(`Of ${shown.typeName} you see groups of at least ${ruled.leastGroup} people only.`);
  if (isCube(model) && !ruled.facts)
    refuse(`Of ${shown.typeName} you see groups only, and not the facts behind them.`);
}

/** @throws VitrineError FORBIDDEN for a moment of the past */
export function checkPresent({ rights: { shown }, ruled }: SeenModel, asOf: string | undefined): void {
  if (asOf !== undefined && !ruled.history)
    refuse(`Of ${shown.typeName} you see what is there now, and no earlier state.`);
}

/** @throws VitrineError FORBIDDEN for a filter or an order by what a role does not see, or not as it is */
export function checkNames(shown: DocumentModel, names: readonly string[]): void {
  for (const name of names)
    if (name !== shown.key && !shown.filters.includes(name))
      refuse(`Of ${shown.typeName} nothing is asked by that field.`);
}

/** As a store asks, with what a role may see; `rows` are those of whoever asks. */
export function toSettings(
  seen: SeenModel,
  rows: Filter | null,
  { onStatement: _unseen, ...options }: ReadOptions,
): ReadOptions {
  const { asOf, fields, onInvalid, where = null } = options;
  checkPresent(seen, asOf);
  const { shown } = seen.rights;
  if (where) checkNames(shown, filterFields(where));
  return extend(options, {
    fields: fields ? fields.filter((name) => Object.hasOwn(shown.fields, name)) : seen.fields,
    where: both(rows, where),
    ...(onInvalid && {
      onInvalid: (id: DocumentId, error: VitrineError, gap?: PageGap) =>
        onInvalid(id, toToldError(seen, error, id) as VitrineError, gap),
    }),
  });
}

/**
 * An error as a role may read it: one of a document says what is wrong with it only where that is about a field that the
 * role sees as it is.
 */
export function toToldError({ rights }: SeenModel, error: unknown, id?: DocumentId): unknown {
  if (!(error instanceof VitrineError) || error.code !== "DOCUMENT_INVALID") return error;
  const { path, id: told = id } = error.details as { readonly path?: unknown; readonly id?: unknown };
  if (path === undefined || path === "the document" || isSeen(rights, String(path))) return error;
  const name = `${rights.shown.name}${told === undefined ? "" : ` ${String(told)}`}`;
  const problem = "cannot be given: it does not fit its model";
  return new VitrineError("DOCUMENT_INVALID", `${name}: the document ${problem}.`, {
    cause: error,
    details: { model: rights.shown.name, id: told, path: "the document", problem },
  });
}

/** Whether a place in a document (`lines[2].price`) is one that a role sees without a mask. */
function isSeen({ shown, masks }: ModelRights, place: string): boolean {
  const path = place.split(".").map((part) => part.replace(/\[\d+\]/g, ""));
  if (masks.some((masked) => masked.path.every((name, at) => path[at] === name))) return false;
  if (isCube(shown) && Object.hasOwn(shown.cube.measures, place)) return true;
  let fields: DocumentModel["fields"] | undefined = shown.fields;
  for (const name of path) {
    const field: DocumentModel["fields"][string] | undefined =
      fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) return false;
    const item: DocumentModel["fields"][string] = field.kind === "list" ? field.item : field;
    fields = item.kind === "object" ? item.fields : undefined;
  }
  return true;
}

import { isDeepStrictEqual } from "node:util";
import type { ModelAccess, ProcedureAccess, RoleAccess } from "./access.ts";
import { findRuleProblems, findValueProblems } from "./check-rule.ts";
import { factsOfPeople } from "./counting-cube.ts";
import { type CubeModel, isCube } from "./cube.ts";
import type { Field, Fields } from "./field.ts";
import type { DocumentModel } from "./model.ts";
import type { ProcedureDefinition } from "./procedure.ts";
import type { Domain } from "./project.ts";
import { findLimitProblems } from "./role-limits.ts";
import { type GrantedModel, grantedModels, type RoleModel, showModels } from "./role-models.ts";
import { isRollUp } from "./roll-up.ts";
import { findMaskProblem, isPersonal } from "./shown-fields.ts";

const roleName = /^[a-z][a-z0-9_-]{0,39}$/;

/**
 * What is wrong with what the roles of a project's domains may see, each with domain, role and remedy: names of nothing,
 * rules over what is no filter, keys that are not shown, masks that cannot be, objects of one type that two models show
 * differently, cubes of which nothing is left, least groups that nobody counts, and measures of facts whose people are not counted.
 */
export function findAccessProblems(domains: readonly Domain[]): readonly string[] {
  const own = domains.flatMap((domain) =>
    Object.entries(domain.access?.roles ?? {}).flatMap(([name, role]) =>
      findRoleProblems(domain, name, role).map(
        (problem) => `Domain ${domain.name}, role ${name}: ${problem}`,
      ),
    ),
  );
  if (own.length > 0) return own;
  const roles = new Set(domains.flatMap(({ access }) => Object.keys(access?.roles ?? {})));
  return [...roles].flatMap((name) => {
    const granted = domains.flatMap((domain) => {
      const role = domain.access?.roles[name];
      return role ? grantedModels(domain, role) : [];
    });
    // Half of what a command takes to start, when each asked again.
    const seen = showModels(granted);
    return [...findOddObjects(seen), ...findEmptyCubes(seen), ...findUncounted(seen)].map(
      (problem) => `Role ${name}: ${problem}`,
    );
  });
}

function findRoleProblems(domain: Domain, name: string, role: RoleAccess): readonly string[] {
  const { models = {}, procedures = {} } = role;
  const known = domain.models.filter((model) => !isRollUp(model));
  const granted = new Map(grantedModels(domain, role).map((one) => [one.model.name, one]));
  return [
    ...(roleName.test(name) ? [] : ['the name must be lower case, at most 40 characters: "support".']),
    ...findLeastGroupProblems(role, [...granted.values()]),
    ...findLimitProblems(role.limits ?? {}),
    ...(models === "all" ? [] : Object.entries(models)).flatMap(([model, access]) => {
      const found = known.find((one) => one.name === model);
      if (!found)
        return [`there is no model ${model}. There are ${known.map((one) => one.name).join(", ")}.`];
      return access === true ? [] : findModelProblems(found, access, role).map((text) => `${model}: ${text}`);
    }),
    ...[...granted.values()].flatMap(findFieldProblems),
    ...(procedures === "all" ? [] : Object.entries(procedures)).flatMap(([procedure, access]) =>
      findProcedureProblems(domain.procedures ?? [], procedure, access),
    ),
  ];
}

function findLeastGroupProblems(
  { leastGroup = 1 }: RoleAccess,
  granted: readonly GrantedModel[],
): readonly string[] {
  if (!Number.isInteger(leastGroup) || leastGroup < 1)
    return [`leastGroup must be a whole number of people, 1 or more, not ${leastGroup}.`];
  if (leastGroup === 1) return [];
  const counted = granted.filter(({ grant }) => grant.leastGroup > 1);
  if (counted.length === 0)
    return [
      "leastGroup holds for no cube, as none of the role's says who its people are. Name a countDistinct in `people` of a cube, or leave leastGroup out.",
    ];
  return counted
    .filter(({ grant }) => grant.facts)
    .map(
      ({ model }) =>
        `${model.name} shows its facts, which are groups of one. Leave \`facts\` out (and "all" with it), or leastGroup.`,
    );
}

/** What is wrong with the names and the rule that a role says of a model. */
function findModelProblems(model: DocumentModel, access: ModelAccess, role: RoleAccess): readonly string[] {
  const { only = [], except = [], where, facts } = access;
  const personal = access.personal ?? role.personal ?? "hidden";
  return [
    ...only.filter((name) => !isKnown(model, name)).map((name) => unknown("only", name, model)),
    ...only
      .filter((name) => personal === "hidden" && model.fields[name] && isPersonal(model.fields[name]))
      .map((name) => `only names ${name}, which is personal and hidden. Say personal: "shown", or a mask.`),
    ...except
      .filter((name) => !isKnown(model, name) && !findPath(model.fields, name))
      .map((name) => unknown("except", name, model)),
    ...except
      .filter((name) => name === model.key)
      .map(
        (name) =>
          `except names ${name}, the key, by which documents are known. Leave the model out, or show it.`,
      ),
    ...except.filter((name) => only.includes(name)).map((name) => `${name} is in only and in except.`),
    ...(facts !== undefined && !isCube(model) ? ["facts is for cubes only. Leave it out."] : []),
    ...(where ? findRuleProblems(model, where) : []),
  ];
}

const unknown = (place: string, name: string, model: DocumentModel): string =>
  `${place} names ${name}, which is none of its ${isCube(model) ? "fields, dimensions and measures" : "fields"}.`;

const isKnown = (model: DocumentModel, name: string): boolean =>
  Object.hasOwn(model.fields, name) ||
  (isCube(model) && (Object.hasOwn(model.cube.dimensions, name) || Object.hasOwn(model.cube.measures, name)));

function findPath(fields: Fields, path: string): Field | undefined {
  let inner: Fields | undefined = fields;
  let found: Field | undefined;
  for (const part of path.split(".")) {
    found = inner && Object.hasOwn(inner, part) ? inner[part] : undefined;
    const item: Field | undefined = found?.kind === "list" ? found.item : found;
    inner = item?.kind === "object" ? item.fields : undefined;
  }
  return found;
}

/** What is wrong with what is done about personal fields. */
function findFieldProblems({ model, grant }: GrantedModel): readonly string[] {
  const { personal, only, except = [], facts } = grant;
  const key = model.fields[model.key];
  if (key && isPersonal(key) && personal !== "shown")
    return [
      `${model.name}: its key ${model.key} is personal, and documents are known by it. Say personal: "shown" of the model, or leave it out.`,
    ];
  if (typeof personal !== "object" || (isCube(model) && !facts)) return [];
  const { mask } = personal;
  const visit = (fields: Fields, path: string): readonly string[] =>
    Object.entries(fields).flatMap(([name, field]) => {
      const at = path + name;
      if (except.includes(at) || (path === "" && only && !only.includes(name))) return [];
      if (isPersonal(field)) {
        const problem = findMaskProblem(field, mask);
        return problem === undefined
          ? []
          : [
              `${model.name}: ${at} ${problem}, so it has no mask "${mask}". Name it in except, or take another mask.`,
            ];
      }
      const inner = field.kind === "list" ? field.item : field;
      return inner.kind === "object" ? visit(inner.fields, `${at}.`) : [];
    });
  return visit(model.fields, "");
}

function findProcedureProblems(
  procedures: readonly ProcedureDefinition[],
  name: string,
  access: true | ProcedureAccess,
): readonly string[] {
  const procedure = procedures.find((one) => one.name === name);
  if (!procedure)
    return [
      `there is no procedure ${name}. There are ${procedures.map((one) => one.name).join(", ") || "none"}.`,
    ];
  const { arguments: fixed = {} }: ProcedureAccess = access === true ? {} : access;
  return Object.entries(fixed).flatMap(([argument, value]) => {
    const field = Object.hasOwn(procedure.arguments, argument) ? procedure.arguments[argument] : undefined;
    const at = `${name}: argument ${argument}`;
    if (!field)
      return [`${at} is none of its arguments: ${Object.keys(procedure.arguments).join(", ") || "none"}.`];
    if (field.kind === "list") return [`${at} is a list, which cannot be fixed. Leave it to be chosen.`];
    return findValueProblems(field, value, at);
  });
}

/** Objects of one GraphQL type must have one shape for a role, whichever model shows them. */
function findOddObjects(seen: readonly RoleModel[]): readonly string[] {
  const shapes = new Map<string, { readonly shape: string; readonly model: string }>();
  const problems = new Set<string>();
  const visit = (fields: Fields, model: string): void => {
    for (const field of Object.values(fields)) {
      const inner = field.kind === "list" ? field.item : field;
      if (inner.kind !== "object") continue;
      const shape = JSON.stringify(inner.fields);
      const known = shapes.get(inner.typeName);
      if (known && known.shape !== shape)
        problems.add(
          `${known.model} and ${model} show other fields of ${inner.typeName}, which is one type. Say the same of both.`,
        );
      shapes.set(inner.typeName, known ?? { shape, model });
      visit(inner.fields, model);
    }
  };
  for (const { model, shown } of seen) visit(shown.model.fields, model.name);
  return [...problems];
}

function findEmptyCubes(seen: readonly RoleModel[]): readonly string[] {
  return seen.flatMap(({ model, shown }) => {
    if (!isCube(model)) return [];
    const { dimensions, measures } = (shown.model as CubeModel).cube; // of a cube
    const missing = [
      ...(Object.keys(dimensions).length === 0 ? ["dimension"] : []),
      ...(Object.keys(measures).length === 0 ? ["measure"] : []),
    ];
    return missing.map((what) => `no ${what} of ${model.name} is left. Show one, or leave the cube out.`);
  });
}

/**
 * A measure of other facts than those of which people are counted: of its facts these may be few, and beside a measure of more
 * or of less it tells what those alone did.
 */
function findUncounted(seen: readonly RoleModel[]): readonly string[] {
  return seen.flatMap(({ model, grant, shown }) => {
    if (!isCube(model) || grant.leastGroup <= 1) return [];
    const { people } = model.cube;
    const ofPeople = factsOfPeople(model) ?? {};
    const { measures } = (shown.model as CubeModel).cube; // of a cube
    const others = Object.entries(measures).flatMap(([name, measure]) =>
      measure.kind === "average" || isDeepStrictEqual(measure.where ?? {}, ofPeople) ? [] : [name],
    );
    if (others.length === 0) return [];
    return [
      `${model.name}: ${others.join(", ")} count other facts than ${people}, so fewer people than the least group may be behind them. Leave them out (except), or give them the \`where\` of ${people}.`,
    ];
  });
}

import { VitrineError } from "../errors.ts";
import type { RoleAccess } from "../models/access.ts";
import { isCube } from "../models/cube.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Domain, Project } from "../models/project.ts";
import { leastLimits, type RoleLimits } from "../models/role-limits.ts";
import { grantedModels, type RoleModel, showModels } from "../models/role-models.ts";
import { showProcedures } from "./role-procedures.ts";
import type { ModelRights, RoleProject } from "./role-project.ts";

/** The roles of a project, in the order of its domains. */
export const rolesOf = ({ domains }: Pick<Project, "domains">): readonly string[] => [
  ...new Set(domains.flatMap(({ access }) => Object.keys(access?.roles ?? {}))),
];

/** Names that come in the order of their definition, as `Object.entries` of them. */
const roleOf = ({ access }: Domain, role: string): RoleAccess | undefined =>
  access && Object.hasOwn(access.roles, role) ? access.roles[role] : undefined;

/** What those of a role may ask for at most: of several domains the least holds. */
export const limitsOfRole = ({ domains }: Pick<Project, "domains">, role: string): RoleLimits =>
  leastLimits(domains.map((domain) => roleOf(domain, role)?.limits));

/**
 * A project as a role has it: what it may not see is absent, as if it had never been defined. Pure; the same arguments give
 * equal projects.
 * @throws VitrineError FORBIDDEN for a role that no domain declares
 */
export function projectForRole(project: Project, role: string): RoleProject {
  const declared = project.domains.flatMap((domain) => {
    const access = roleOf(domain, role);
    return access ? [{ domain, access }] : [];
  });
  if (declared.length === 0)
    throw new VitrineError(
      "FORBIDDEN",
      "Nobody here has the role that you have. Ask for one that is declared.",
    );
  const models = showModels(declared.flatMap(({ domain, access }) => grantedModels(domain, access)));
  const shown = new Map(models.map((one) => [one.model.name, one]));
  const names = new Set(shown.keys());
  const domains = declared.flatMap(({ domain, access }) => {
    const own = domain.models.flatMap((model) => shown.get(model.name) ?? []);
    const procedures = showProcedures(domain.procedures ?? [], access, names);
    if (own.length === 0 && procedures.length === 0) return [];
    return [{ procedures, domain: showDomain(domain, own.flatMap(listModels), procedures) }];
  });
  return {
    role,
    project: {
      sql: project.sql,
      domains: onlyKnownUses(domains.map(({ domain }) => domain)),
      shownTo: {
        role,
        runs: declared.some(({ access }) => access.runs === true),
        tables: project.domains.every((domain) => seesAll(roleOf(domain, role))),
      },
    },
    rights: new Map(models.flatMap(rightsOf).map((rights) => [rights.model.name, rights])),
    procedures: new Map(
      domains.flatMap(({ procedures }) => procedures.map((one) => [one.procedure.name, one] as const)),
    ),
  };
}

/** Whether nothing of a domain is hidden from a role. */
const seesAll = (access: RoleAccess | undefined): boolean =>
  access?.models === "all" && access.personal === "shown" && (access.leastGroup ?? 1) <= 1;

/** What a domain tells a role of itself: nothing of tables, imports or samples. */
function showDomain(
  { name, description, uses, examples, dashboards }: Domain,
  models: readonly DocumentModel[],
  procedures: ReturnType<typeof showProcedures>,
): Domain {
  return {
    ...{ name, description, models },
    ...(uses && { uses }),
    ...(examples !== undefined && { examples }),
    ...(dashboards !== undefined && { dashboards }),
    ...(procedures.length > 0 && { procedures: procedures.map(({ shown }) => shown) }),
  };
}

function onlyKnownUses(domains: readonly Domain[]): readonly Domain[] {
  const names = domains.map(({ name }) => name);
  return domains.map(({ uses, ...domain }) => {
    const known = uses?.filter((name) => names.includes(name)) ?? [];
    return known.length === 0 ? domain : { ...domain, uses: known };
  });
}

/** A model, and its roll-ups where these are documents like others: where its facts may be read one by one. */
function listModels({ grant, shown: { model } }: RoleModel): readonly DocumentModel[] {
  return isCube(model) && grant.facts ? [model, ...model.cube.rollUps] : [model];
}

function rightsOf({ model, grant, shown }: RoleModel): readonly ModelRights[] {
  const common = {
    where: grant.where ?? null,
    history: grant.history === true,
    facts: grant.facts === true,
    leastGroup: grant.leastGroup,
  };
  const own: ModelRights = { ...common, model, shown: shown.model, masks: shown.masks };
  if (!isCube(shown.model) || !isCube(model)) return [own];
  const defined = model.cube.rollUps;
  const rollUps = shown.model.cube.rollUps.flatMap((one): readonly ModelRights[] => {
    const asDefined = defined.find(({ name }) => name === one.name);
    return asDefined ? [{ ...common, model: asDefined, shown: one, masks: [] }] : [];
  });
  return [own, ...rollUps];
}

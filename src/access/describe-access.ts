import { isClaim, type Mask, type PersonalRule, type RoleAccess } from "../models/access.ts";
import { type CubeModel, isCube } from "../models/cube.ts";
import type { Fields } from "../models/field.ts";
import type { Project } from "../models/project.ts";
import type { RoleLimits } from "../models/role-limits.ts";
import { isRollUp } from "../models/roll-up.ts";
import { projectForRole, rolesOf } from "./project-for-role.ts";
import type { ModelRights, RoleProject } from "./role-project.ts";

/** What a role sees of one model. */
export interface DescribedModel {
  readonly model: string;
  /** The rule, as people read it; null: all rows. */
  readonly rows: string | null;
  /** Fields, dimensions and measures that are not there; of periods only those whose date is there. */
  readonly hidden: readonly string[];
  /** Links that are not there: over what is hidden, or to it. */
  readonly lostLinks: readonly string[];
  readonly masked: readonly { readonly field: string; readonly mask: Mask }[];
  readonly history: boolean;
  /** Of a cube; false of anything else. */
  readonly facts: boolean;
  readonly leastGroup: number;
}

export interface DescribedProcedure {
  readonly procedure: string;
  /** Arguments that nobody chooses, and what they are. */
  readonly fixed: readonly { readonly argument: string; readonly value: string }[];
}

/** What a role has in a domain. */
export interface DescribedDomain {
  readonly domain: string;
  readonly description: string;
  readonly personal: string;
  readonly runs: boolean;
  /** What it may ask for at most, by name of the limit; what is not said is as for everybody. */
  readonly limits: RoleLimits;
  /** Which texts it may send, where the role says so; else null. */
  readonly documents: "any" | "trusted" | null;
  readonly models: readonly DescribedModel[];
  readonly procedures: readonly DescribedProcedure[];
}

export interface DescribedRole {
  readonly role: string;
  readonly domains: readonly DescribedDomain[];
}

/** What each role of a project may see and do, in the order of the declarations. */
export const describeAccess = (project: Project): readonly DescribedRole[] =>
  rolesOf(project).map((role) => describeRole(project, projectForRole(project, role)));

function describeRole(project: Project, { role, rights, procedures }: RoleProject): DescribedRole {
  return {
    role,
    domains: project.domains.flatMap((domain) => {
      const access = domain.access?.roles[role];
      if (access === undefined) return [];
      const models = domain.models.filter((model) => !isRollUp(model));
      return [
        {
          domain: domain.name,
          description: access.description,
          personal: describePersonal(access),
          runs: access.runs === true,
          limits: access.limits ?? {},
          documents: access.documents ?? null,
          models: models.flatMap(({ name }) => {
            const own = rights.get(name);
            return own ? [describeRights(own)] : [];
          }),
          procedures: (domain.procedures ?? []).flatMap(({ name }) => {
            const own = procedures.get(name);
            if (own === undefined) return [];
            const fixed = Object.entries(own.fixed).map(([argument, value]) => ({
              argument,
              value: describeValue(value),
            }));
            return [{ procedure: name, fixed }];
          }),
        },
      ];
    }),
  };
}

const describePersonal = ({ personal = "hidden" }: Pick<RoleAccess, "personal">): string =>
  typeof personal === "string" ? personal : describeMask(personal);

const describeMask = ({ mask }: Exclude<PersonalRule, string>): string =>
  ({ null: "shown as nulls", last4: "shown by their last four characters", hash: "shown as hashes" })[mask];

function describeRights({
  model,
  shown,
  where,
  masks,
  history,
  facts,
  leastGroup,
}: ModelRights): DescribedModel {
  const lost = findLost(model.fields, shown.fields);
  return {
    model: model.name,
    rows: where && describeRule(where),
    hidden: isCube(model)
      ? findHiddenOfCube(model, shown as CubeModel, facts ? lost : []) // of a cube
      : lost.filter(({ isLink }) => !isLink).map(({ path }) => path),
    lostLinks: lost.filter(({ isLink }) => isLink && (facts || !isCube(model))).map(({ path }) => path),
    masked: masks.map(({ path, mask }) => ({ field: path.join("."), mask })),
    history,
    facts: isCube(model) && facts,
    leastGroup,
  };
}

interface Lost {
  /** Dotted. */
  readonly path: string;
  readonly isLink: boolean;
}

/** Without facts there is no field but what groups are asked by. */
function findHiddenOfCube(model: CubeModel, shown: CubeModel, lost: readonly Lost[]): readonly string[] {
  const isThere = (name: string) => name in shown.cube.dimensions || name in shown.cube.measures;
  const dimensions = Object.values(model.cube.dimensions).filter(
    ({ name, field, period }) => !isThere(name) && (period === null || isThere(field)),
  );
  return [
    ...new Set([
      ...lost.filter(({ isLink }) => !isLink).map(({ path }) => path),
      ...(model.key in shown.fields ? [] : [model.key]),
      ...model.filters.filter((name) => !shown.filters.includes(name)),
      ...dimensions.map(({ name }) => name),
      ...Object.keys(model.cube.measures).filter((name) => !isThere(name)),
    ]),
  ];
}

/** What is not there, at any depth; of an object that is not there only itself. */
function findLost(fields: Fields, shown: Fields, path = ""): readonly Lost[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const there = shown[name];
    if (there === undefined) return [{ path: path + name, isLink: field.kind === "link" }];
    const inner = field.kind === "list" ? field.item : field;
    const left = there.kind === "list" ? there.item : there;
    return inner.kind === "object" && left.kind === "object"
      ? findLost(inner.fields, left.fields, `${path}${name}.`)
      : [];
  });
}

const words: Readonly<Record<string, string>> = {
  ...{ eq: "=", ne: "≠", lt: "<", lte: "≤", gt: ">", gte: "≥", in: "in", notIn: "not in" },
};

/** A rule as a sentence of conditions. */
export function describeRule(rule: object): string {
  const parts = Object.entries(rule).map(([name, value]) => {
    if (name === "not") return `not (${describeRule(value)})`;
    if (name === "and" || name === "or")
      return `(${(value as readonly object[]).map(describeRule).join(` ${name} `)})`;
    return Object.entries(value as object)
      .map(([operator, operand]) =>
        operator === "isNull"
          ? `${name} has ${operand === true ? "no" : "a"} value`
          : `${name} ${words[operator] ?? operator} ${describeValue(operand)}`,
      )
      .join(" and ");
  });
  return parts.join(" and ");
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(describeValue).join(", ")})`;
  return isClaim(value) ? `claim ${value.claim}` : JSON.stringify(value);
}

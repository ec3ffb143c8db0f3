import { createGuards } from "../access/guard.ts";
import { limitsOfRole, projectForRole, rolesOf } from "../access/project-for-role.ts";
import type { RoleProject } from "../access/role-project.ts";
import { VitrineError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Project } from "../models/project.ts";
import type { Page } from "../pages/page.ts";
import type { Serving } from "../serving-settings.ts";
import { guardAnswering } from "./guard-answering.ts";
import { readProjectPages } from "./project-pages.ts";
import type { RoleParts } from "./role-gateways.ts";
import { createSchema } from "./schema.ts";

export interface RoleSources {
  readonly project: Project;
  /** Folder of the project file. */
  readonly projectDir: string;
  readonly logger: Logger;
  /** With what masked texts are hashed. */
  readonly maskKey: string | undefined;
  /** What is served to anybody; default: everything. */
  readonly serving?: Serving;
  /** Pages after those of the project, of a project as somebody has it. */
  readonly morePages: (project: Project) => readonly Page[];
}

/**
 * What a role is served: schema, pages and files of the project as it has it.
 * @throws VitrineError FORBIDDEN for a role that no domain declares
 */
export async function openRole(role: string, sources: RoleSources): Promise<RoleParts> {
  const { projectDir, logger, maskKey, morePages, serving } = sources;
  const own = projectForRole(sources.project, role);
  const { project } = own;
  const schema = createSchema(project);
  const guardOf = createGuards(own, { maskKey });
  return {
    schema,
    models: project.domains.flatMap(({ models }) => models),
    pages: [
      ...(await readProjectPages(project, projectDir, { schema, logger }, serving)),
      ...morePages(project),
    ],
    limits: limitsOfRole(sources.project, role),
    readsMetrics: project.shownTo?.runs === true,
    rules: describeRules(own),
    hasTags: [...own.rights.values()].every(({ where }) => where === null),
    guard: (answering, principal) => guardAnswering(answering, guardOf(principal)),
  };
}

/**
 * Finds out before anybody asks what a role could not be served for.
 * @throws VitrineError CONFIG_INVALID when personal fields are to be hashed, and there is nothing to hash them with
 */
export function requireMaskKey(project: Project, maskKey: string | undefined): void {
  if (maskKey !== undefined) return;
  for (const role of rolesOf(project))
    for (const { model, masks } of projectForRole(project, role).rights.values())
      if (masks.some(({ mask }) => mask === "hash"))
        throw new VitrineError(
          "CONFIG_INVALID",
          `Role ${role} sees personal fields of ${model.name} hashed. Set VITRINE_MASK_KEY to what they are hashed with: at least 16 random characters, which are kept.`,
        );
}

/** All that decides which rows of which models look how. */
const describeRules = ({ rights }: RoleProject): string =>
  JSON.stringify([...rights].map(([name, { model: _model, shown: _shown, ...rules }]) => [name, rules]));

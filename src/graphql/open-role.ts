import { createGuards } from "../access/guard.ts";
import { projectForRole } from "../access/project-for-role.ts";
import type { RoleProject } from "../access/role-project.ts";
import type { Logger } from "../log.ts";
import type { Project } from "../models/project.ts";
import type { Page } from "../pages/page.ts";
import { readProjectPages } from "./project-pages.ts";
import type { RoleParts } from "./role-gateways.ts";
import { createSchema } from "./schema.ts";

export interface RoleSources {
  readonly project: Project;
  /** Folder of the project file. */
  readonly projectDir: string;
  readonly logger: Logger;
  /** Pages after those of the project, of a project as somebody has it. */
  readonly morePages: (project: Project) => readonly Page[];
}

/**
 * What a role is served: schema, pages and files of the project as it has it.
 * @throws VitrineError FORBIDDEN for a role that no domain declares
 */
export async function openRole(role: string, sources: RoleSources): Promise<RoleParts> {
  const { projectDir, logger, morePages } = sources;
  const own = projectForRole(sources.project, role);
  const { project } = own;
  const schema = createSchema(project);
  const guardOf = createGuards(own);
  return {
    schema,
    models: project.domains.flatMap(({ models }) => models),
    pages: [...(await readProjectPages(project, projectDir, { schema, logger })), ...morePages(project)],
    readsMetrics: project.shownTo?.runs === true,
    rules: describeRules(own),
    hasTags: [...own.rights.values()].every(({ where }) => where === null),
    guard(answering, principal) {
      const guard = guardOf(principal);
      return { ...answering, stores: guard.stores(answering.stores), guard };
    },
  };
}

/** All that decides which rows of which models look how. */
const describeRules = ({ rights }: RoleProject): string =>
  JSON.stringify([...rights].map(([name, { model: _model, shown: _shown, ...rules }]) => [name, rules]));

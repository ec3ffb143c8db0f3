import type { RoleAccess } from "./access.ts";
import { type CubeModel, isCube } from "./cube.ts";
import type { DocumentModel } from "./model.ts";
import type { Domain } from "./project.ts";
import { isRollUp } from "./roll-up.ts";
import { showCube } from "./shown-cube.ts";
import { type ModelGrant, type ShownModel, showModel } from "./shown-model.ts";

/** A model that is there for a role, and what the role says of it. */
export interface GrantedModel {
  readonly model: DocumentModel;
  readonly grant: ModelGrant;
}

/** The models of a domain that a role names, in the order of the domain; roll-ups come with their cubes. */
export function grantedModels(domain: Pick<Domain, "models">, role: RoleAccess): readonly GrantedModel[] {
  const { models = {}, personal = "hidden", leastGroup = 1 } = role;
  return domain.models
    .filter((model) => !isRollUp(model))
    .flatMap((model): readonly GrantedModel[] => {
      const own = models === "all" ? { history: true, facts: true } : ownOf(models, model.name);
      if (own === undefined) return [];
      const counts = isCube(model) && model.cube.people !== undefined;
      const access = own === true ? {} : own;
      const facts = !isCube(model) || access.facts === true;
      return [{ model, grant: { personal, ...access, facts, leastGroup: counts ? leastGroup : 1 } }];
    });
}

const ownOf = <T>(from: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(from, name) ? from[name] : undefined;

/** A model, or a cube, as a role has it. */
export interface RoleModel extends GrantedModel {
  readonly shown: ShownModel<DocumentModel | CubeModel>;
}

/** What is granted, as a role has it: links and conversions lead to what is there only. */
export function showModels(granted: readonly GrantedModel[]): readonly RoleModel[] {
  // Links lead to documents, and to the facts of cubes where these may be read.
  const names = new Set(granted.filter(({ grant }) => grant.facts).map(({ model }) => model.name));
  const documents = new Map<string, DocumentModel>();
  for (const { model, grant } of granted)
    if (!isCube(model)) documents.set(model.name, showModel(model, grant, names).model);
  return granted.map(({ model, grant }) => ({
    model,
    grant,
    shown: isCube(model) ? showCube(model, grant, { names, documents }) : showModel(model, grant, names),
  }));
}

import type { Mask, RowRule } from "../models/access.ts";
import type { DocumentModel } from "../models/model.ts";
import type { Project } from "../models/project.ts";

/** A personal field that is shown in another form. */
export interface MaskedField {
  /** From the document on: `["buyer", "email"]`; lists are passed through. */
  readonly path: readonly string[];
  readonly mask: Mask;
}

/** What a role may see of a model. */
export interface ModelRights {
  /** As it is defined: what the stores are asked. */
  readonly model: DocumentModel;
  /** As the role has it: without what is hidden, and without the filters of what is masked. */
  readonly shown: DocumentModel;
  /** Null: all rows. */
  readonly where: RowRule | null;
  readonly masks: readonly MaskedField[];
  readonly history: boolean;
  /** Of a cube: whether its facts may be read, one by one. Default: they may not. */
  readonly facts?: boolean;
  /** Of a cube: the least number of people in a group; 1 where it does not matter. */
  readonly leastGroup: number;
}

/** A project as a role has it. */
export interface RoleProject {
  readonly role: string;
  /** What the role's schema, pages, files and docs are made of. */
  readonly project: Project;
  /** By name of the model; those of roll-ups too. */
  readonly rights: ReadonlyMap<string, ModelRights>;
}

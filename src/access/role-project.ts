import type { MaskedField, RowRule, RuleValue } from "../models/access.ts";
import type { DocumentModel } from "../models/model.ts";
import type { ProcedureDefinition } from "../models/procedure.ts";
import type { Project } from "../models/project.ts";

export type { MaskedField } from "../models/access.ts";

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
  /** Of a cube: whether its facts may be read one by one. Of anything else true. */
  readonly facts: boolean;
  /** Of a cube: the least number of people in a group; 1 where it does not matter. */
  readonly leastGroup: number;
}

/** What a role may call. */
export interface ProcedureRights {
  /** As it is defined: what is called. */
  readonly procedure: ProcedureDefinition;
  /** Without its fixed arguments, and without links to what is not there. */
  readonly shown: ProcedureDefinition;
  /** What the arguments that nobody chooses are. */
  readonly fixed: Readonly<Record<string, RuleValue>>;
}

/** A project as a role has it. */
export interface RoleProject {
  readonly role: string;
  /** What the role's schema, pages, files and docs are made of. */
  readonly project: Project;
  /** By name of the model; those of the roll-ups that may answer for its cubes too. */
  readonly rights: ReadonlyMap<string, ModelRights>;
  /** By name of the procedure. */
  readonly procedures: ReadonlyMap<string, ProcedureRights>;
}

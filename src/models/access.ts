import type { RoleLimits } from "./role-limits.ts";

/** A value of the principal: what its token, or the line of its key, says under this name. */
export interface Claim {
  readonly claim: string;
}

/** In a rule or as an argument: the principal's own value. */
export const claim = (name: string): Claim => ({ claim: name });

/** In the canonical form of its field, or the principal's. */
export type RuleValue = string | number | boolean | Claim;

/** Conditions on one filter, all of which must hold; as in a `where`. */
export interface FieldRule {
  readonly eq?: RuleValue;
  readonly ne?: RuleValue;
  readonly lt?: RuleValue;
  readonly lte?: RuleValue;
  readonly gt?: RuleValue;
  readonly gte?: RuleValue;
  /** A claim may be a list. */
  readonly in?: Claim | readonly RuleValue[];
  readonly notIn?: Claim | readonly RuleValue[];
  readonly isNull?: boolean;
}

/** Which rows: conditions by filter, and rules under `and`, `or` and `not`; as in a `where`. */
export interface RowRule {
  readonly [filter: string]: FieldRule | RowRule | readonly RowRule[];
}

/** How a personal field is shown to those who may not see it as it is. */
export type Mask = "null" | "last4" | "hash";

/** What is done about personal fields (`pii`): left out as if they were not there, masked, or shown. */
export type PersonalRule = "hidden" | "shown" | { readonly mask: Mask };

/** A personal field that is shown in another form. */
export interface MaskedField {
  /** From the document on: `["buyer", "email"]`; lists are passed through. */
  readonly path: readonly string[];
  readonly mask: Mask;
}

/** What a role may see of a model or a cube. */
export interface ModelAccess {
  /** The rows that are there for it; default: all. */
  readonly where?: RowRule;
  /**
   * The fields that are there for it, the key always among them; default: all. Of a cube a name stands for the dimension,
   * the measure and the field of the facts that are called so; the name of a date for its periods too.
   */
  readonly only?: readonly string[];
  /** Fields that are not; a dotted name goes into an object or the items of a list. Of a cube as `only`. */
  readonly except?: readonly string[];
  /** Personal fields of this model; default: as the role has them. */
  readonly personal?: PersonalRule;
  /** Whether it may ask for the past: versions, and `asOf`. Default: it may not. */
  readonly history?: boolean;
  /** Of a cube: whether it may read the facts behind a group. Default: it may not. */
  readonly facts?: boolean;
}

/** What a role may call. */
export interface ProcedureAccess {
  /** Arguments that nobody chooses: they have these values, and are not there for it. */
  readonly arguments?: Readonly<Record<string, RuleValue>>;
}

/** What a role may do in a domain. What is not named is not there for it. */
export interface RoleAccess {
  readonly description: string;
  /** `all`: all models and cubes of the domain, with their facts and their past; personal fields as `personal` says. */
  readonly models?: "all" | Readonly<Record<string, true | ModelAccess>>;
  readonly procedures?: "all" | Readonly<Record<string, true | ProcedureAccess>>;
  /** Default: hidden. */
  readonly personal?: PersonalRule;
  /** Groups of fewer people are not there, in cubes that say who their people are. Default: 1. */
  readonly leastGroup?: number;
  /**
   * Which texts it may send: any, or trusted documents only (`VITRINE_DOCUMENTS`). Default: as `VITRINE_FREE_TEXT` says. Where the
   * domains of a project disagree, trusted ones only.
   */
  readonly documents?: "any" | "trusted";
  /** Whether it may read the run log. Default: it may not. */
  readonly runs?: boolean;
  /** What each of the role may ask for at most; of several domains the least holds. Default: as for everybody. */
  readonly limits?: RoleLimits;
}

/** Who may see what in a domain, by role. A role of several domains has what each gives it. */
export interface Access {
  readonly roles: Readonly<Record<string, RoleAccess>>;
}

/** Checked with the models that it is beside, when the project is defined. */
export const defineAccess = (access: Access): Access => access;

export const isClaim = (value: unknown): value is Claim =>
  typeof value === "object" && value !== null && "claim" in value;

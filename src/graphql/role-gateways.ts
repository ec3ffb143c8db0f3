import type { GraphQLSchema } from "graphql";
import type { Guard } from "../access/guard.ts";
import type { Principal } from "../access/principal.ts";
import type { DocumentModel } from "../models/model.ts";
import type { RoleLimits } from "../models/role-limits.ts";
import type { Page } from "../pages/page.ts";
import { createPages, type Pages } from "../pages/serve-pages.ts";
import { type AnswerTags, createAnswerTags, type VersionOf } from "./answer-tags.ts";
import type { Exported } from "./files/answer-export.ts";
import { limitRole } from "./limit-role.ts";
import { createGateway, type Gateway, type GatewayOptions, type SharedByGateways } from "./yoga.ts";

/** What a request is answered from. */
export interface Answering
  extends Pick<
    GatewayOptions,
    | "stores"
    | "route"
    | "documents"
    | "liveCubes"
    | "procedures"
    | "readRuns"
    | "explain"
    | "sizeOf"
    | "noteQuestion"
  > {
  /** What stands between whoever asks and the stores; absent: nothing. */
  readonly guard?: Guard;
}

/** What those who have a role are served. */
export interface RoleParts {
  readonly schema: GraphQLSchema;
  /** Those that are there for it, as they are there for it. */
  readonly models: readonly DocumentModel[];
  /** In the order of their navigation. */
  readonly pages: readonly Page[];
  /** What those who have it may ask for at most. */
  readonly limits: RoleLimits;
  /** Whether it may read the figures of the whole server, which name what nobody hides from it. */
  readonly readsMetrics: boolean;
  /** What its rules are: the answer to one question is another under others. */
  readonly rules: string;
  /** Whether answers have tags: these tell that something was written, also what is not there for the role. */
  readonly hasTags: boolean;
  /** What a request of this principal is answered from. @throws VitrineError FORBIDDEN when it lacks what a rule needs */
  guard(answering: Answering, principal: Principal): Answering;
}

/** Answers those who have one role: schema, pages and files as they are for it. */
export interface RoleGateway {
  /** Those of the server, with the schema and the models of the role. */
  readonly options: GatewayOptions & { readonly exported: Exported };
  readonly gateway: Gateway;
  readonly tags: AnswerTags | undefined;
  readonly pages: Pages;
  readonly readsMetrics: boolean;
  /** What answers depend on beside question and data, given what they are made from: whose rows they are. */
  askerOf(answering: Answering): readonly unknown[];
  /** @throws VitrineError FORBIDDEN */
  answeringFor(principal: Principal): Answering;
}

/** By role; null: all that there is. */
export interface RoleGateways {
  readonly whole: RoleGateway;
  /** @throws VitrineError FORBIDDEN for a role that the project does not have */
  of(role: string | null): Promise<RoleGateway>;
}

export interface RoleGatewayOptions extends GatewayOptions {
  readonly exported: Exported;
  readonly versionOf?: VersionOf;
  readonly pages?: readonly Page[];
  readonly title?: string;
  /** What a role is served, made when somebody who has it asks first. Default: nobody has a role. */
  readonly openRole?: (role: string) => Promise<RoleParts>;
}

/** One gateway for all who have no role, and one per role, built when it is first asked for and kept. */
export function createRoleGateways(options: RoleGatewayOptions, shared: SharedByGateways): RoleGateways {
  const { schema, exported, pages = [], openRole } = options;
  const whole = createRoleGateway(options, shared, {
    ...{ schema, models: exported.models, pages, readsMetrics: true, rules: "", hasTags: true, limits: {} },
    guard: (answering) => answering,
  });
  const built = new Map<string, Promise<RoleGateway>>();
  const build = async (role: string) => {
    if (!openRole) throw new TypeError("Whoever knows of roles says what they are served.");
    return createRoleGateway(options, shared, await openRole(role), role);
  };
  return {
    whole,
    async of(role) {
      if (role === null) return whole;
      const made = built.get(role);
      if (made) return made;
      const begun = build(role);
      built.set(role, begun);
      // What failed is tried again.
      begun.catch(() => built.delete(role));
      return begun;
    },
  };
}

function createRoleGateway(
  options: RoleGatewayOptions,
  shared: SharedByGateways,
  parts: RoleParts,
  role?: string,
): RoleGateway {
  const { versionOf, title = "Vitrine", exported } = options;
  const { schema, models, pages } = parts;
  const shown = { ...options, schema, exported: { ...exported, models } };
  const own = role === undefined ? shown : limitRole(shown, role, parts.limits);
  // A key or a token that is known already has the claims that it had.
  const answerings = new WeakMap<Principal["claims"], Answering>();
  return {
    options: own,
    gateway: createGateway(own, shared),
    tags: parts.hasTags && versionOf ? createAnswerTags(schema, models, versionOf) : undefined,
    pages: createPages({ title, pages, ...(role !== undefined && { role }) }),
    readsMetrics: parts.readsMetrics,
    askerOf: ({ guard }) => (guard ? [guard.key, parts.rules] : []),
    answeringFor(principal) {
      const known = answerings.get(principal.claims);
      if (known) return known;
      const made = parts.guard(options, principal);
      answerings.set(principal.claims, made);
      return made;
    },
  };
}

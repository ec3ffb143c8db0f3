import type { Access } from "./access.ts";
import { findAccessProblems } from "./check-access.ts";
import { checkLinks } from "./check-links.ts";
import { findNameProblems } from "./check-names.ts";
import { isCube } from "./cube.ts";
import type { ImportDefinition } from "./import-definition.ts";
import type { DocumentModel } from "./model.ts";
import { orderDomains } from "./order-domains.ts";
import type { ProcedureDefinition, Rule } from "./procedure.ts";
import { findScheduleProblems, type Schedules } from "./schedule.ts";

/** A base table whose writes are captured by generated triggers, in a change table of its own. */
export interface CapturedTable {
  readonly table: string;
  /**
   * Columns logged beside the primary key and every foreign key: those from which a
   * touched view derives a document id (a state, a month).
   */
  readonly keys?: readonly string[];
  /** Columns whose change matters to no model; an update of these alone logs nothing. */
  readonly ignore?: readonly string[];
  /**
   * No migration of the project makes it: its owner alters it at any time. A write that its triggers cannot log then
   * succeeds all the same, and what reads the table is mirrored anew. Derived.
   */
  readonly lent?: boolean;
}

/**
 * A generated file: its name and its lines (without the final `\n`), produced lazily so that memory stays
 * constant.
 */
export interface GeneratedFile {
  readonly file: string;
  /** About how many lines there are, for a progress bar. */
  readonly expectedLines: number;
  readonly lines: Iterable<string>;
}

export interface GenerateOptions {
  /** 1 = the size seen in the field. */
  readonly scale: number;
  readonly seed: number;
  /** Leave the dirt out. */
  readonly clean: boolean;
  /** The day at whose start (UTC) the data ends at the latest: `2026-12-31`. Default: what the domain takes for its own, as today. */
  readonly end?: string;
}

/** One row that somebody writes: its columns and values, those of its key apart unless it is new. */
export interface LiveWrite {
  readonly kind: "insert" | "update" | "delete";
  readonly table: string;
  readonly key: Readonly<Record<string, LiveValue>>;
  readonly values: Readonly<Record<string, LiveValue>>;
}
export type LiveValue = string | number | boolean | null;

/** What happens at a moment: one transaction. */
export interface LiveEvent {
  /** The moment in the sample's own time, in milliseconds since 1970. */
  readonly at: number;
  /** What it is, in a word or two: `sale`. */
  readonly what: string;
  readonly writes: readonly LiveWrite[];
  /** The `mysql_errno` by which the database refuses it, where it has to; then it changes nothing. */
  readonly refused?: number;
}

/** How a sample goes on by itself, as plain SQL writes of others do. */
export interface LiveSample {
  /** A statement whose one row says from where it goes on; `at` is its latest moment, in milliseconds since 1970. */
  readonly from: string;
  /** Events without end, in the order of their moments; equal arguments give equal events. */
  readonly events: (from: Readonly<Record<string, unknown>>, options: LiveOptions) => Iterable<LiveEvent>;
}

export interface LiveOptions {
  readonly seed: number;
  /** The first moment, in milliseconds since 1970. */
  readonly at: number;
}

export interface Domain {
  readonly name: string;
  readonly description: string;
  /**
   * Domains that this one builds on: their SQL is applied first, its views may read their tables and views, and its links
   * may lead to their models. Name each that is meant: what a used domain uses is not included.
   */
  readonly uses?: readonly string[];
  readonly models: readonly DocumentModel[];
  /**
   * Tables, keys and columns that touched views written by hand need captured. What generated ones need is derived from
   * the models' views, and kept in the generated triggers.
   */
  readonly captured?: readonly CapturedTable[];
  /** Columns that tell of a person, by table: the views of analysts (`bi_…`) may show none of them. */
  readonly personal?: Readonly<Record<string, readonly string[]>>;
  /** Sets of files that can be imported, each by itself, by name: `vitrine import DOMAIN NAME FOLDER`. */
  readonly imports?: Readonly<Record<string, ImportDefinition>>;
  /** Sample files of the domain's own shape; the same options give the same bytes. */
  readonly generate?: (options: GenerateOptions) => Iterable<GeneratedFile>;
  /** How the sample goes on. */
  readonly live?: LiveSample;
  /**
   * A statement (`begin not atomic … end` for several) that gives a sample what no file can say, run in a
   * transaction after generated files were imported into an empty database.
   */
  readonly afterSample?: string;
  /** Folder of example operations (`.graphql`) offered in GraphiQL, relative to the project file. */
  readonly examples?: string;
  /** Folder of dashboards (`.json`) shown at `/dashboard`, relative to the project file. */
  readonly dashboards?: string;
  /** Stored procedures offered in GraphQL. */
  readonly procedures?: readonly ProcedureDefinition[];
  /** Rules that the database enforces, by their `mysql_errno`. */
  readonly rules?: Readonly<Record<number, Rule>>;
  /** Who may see what of it, by role. */
  readonly access?: Access;
}

/** Of a project that is shown to a role: what the role has beside models and procedures. */
export interface ShownTo {
  readonly role: string;
  /** Whether it may read the run log. */
  readonly runs: boolean;
  /** Whether it may know the tables and columns that documents are made of: a role from which nothing is hidden. */
  readonly tables: boolean;
}

export interface Project {
  /** Folder of the SQL files, relative to the project file. */
  readonly sql: string;
  readonly domains: readonly Domain[];
  /** What `vitrine up` and `vitrine schedule` run by the calendar, by name. */
  readonly schedules?: Schedules;
  /** Set in the project that `projectForRole` makes, which has only what this role may see. */
  readonly shownTo?: ShownTo;
}

/** A business area: its models, those of its cubes' roll-ups too, what is captured for them, how its files are imported. */
export const defineDomain = (domain: Domain): Domain => {
  const rollUps = domain.models.filter(isCube).flatMap(({ cube }) => cube.rollUps);
  const missing = rollUps.filter((rollUp) => !domain.models.includes(rollUp));
  return missing.length === 0 ? domain : { ...domain, models: [...domain.models, ...missing] };
};

/**
 * The root of a project: `vitrine.config.ts` exports one as default. Its domains come out in an order in which each
 * follows those that it uses: so their SQL is applied.
 * @throws TypeError when two definitions make one name, whatever is derived from them included, when domains use each
 *   other wrongly, when a schedule cannot be kept, when a link leads nowhere, or when a role is given what it cannot have. All
 *   problems with names are told at once, and all with roles.
 */
export function defineProject(project: Project): Project {
  const all = project.domains.map(defineDomain);
  const problems = [
    ...all.flatMap(findOwnProblems),
    ...findNameProblems(all),
    ...findScheduleProblems(project.schedules ?? {}, all),
  ];
  if (problems.length > 0) throw new TypeError(problems.join("\n"));
  const domains = orderDomains(all);
  for (const domain of domains) checkLinks(domain, domains);
  const forbidden = findAccessProblems(domains);
  if (forbidden.length > 0) throw new TypeError(forbidden.join("\n"));
  return { ...project, domains };
}

const plainName = /^[a-z][a-z0-9_-]{0,63}$/;

/** What is wrong with a domain's names, whatever others there are. */
function findOwnProblems({ name, imports = {}, rules = {} }: Domain): readonly string[] {
  const problems: string[] = [];
  // They name folders, locks and the rows of import runs.
  if (!plainName.test(name))
    problems.push(`Domain ${name}: the name must be lower case, at most 64 characters: "shop".`);
  for (const [which, { files, procedures }] of Object.entries(imports)) {
    if (!plainName.test(which) || name.length + which.length > 56)
      problems.push(
        `Domain ${name}: the name of import ${which} must be lower case, and have at most 56 characters together with that of the domain: "sales".`,
      );
    if (files.length === 0) problems.push(`Domain ${name}: import ${which} has no files.`);
    for (const load of procedures)
      if (typeof load !== "string" && !files.some(({ file }) => file === load.file))
        problems.push(
          `Domain ${name}: import ${which} loads ${load.table} from ${load.file}, which is none of its files.`,
        );
  }
  for (const number of Object.keys(rules).map(Number))
    if (number < 10_000 || number > 65_535)
      problems.push(
        `Domain ${name}: rule ${number} is not between 10000 and 65535, where the server has no errors of its own.`,
      );
  return problems;
}

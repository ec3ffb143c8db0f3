import type { Field, Fields, LinkField } from "./field.ts";
import { type DocumentModel, keyFieldOf } from "./model.ts";
import type { ProcedureDefinition, Rule } from "./procedure.ts";

/** A base table whose writes are captured into `change_log` by generated triggers. */
export interface CapturedTable {
  readonly table: string;
  /**
   * Columns logged in `row_keys` beside the primary key and every foreign key: those from which a
   * touched view derives a document id (a state, a month).
   */
  readonly keys?: readonly string[];
  /** Columns whose change matters to no model; an update of these alone logs nothing. */
  readonly ignore?: readonly string[];
}

/** One input file of an import: a delimited text file with a header, loaded into a staging table of text columns. */
export interface ImportFile {
  /** File name, matched without regard to case. */
  readonly file: string;
  /**
   * Staging table; its columns are `row_number`, the targets below (varchar(500)), `rest` (varchar(1000)) and `fault`
   * (varchar(200)). A procedure that does not load a line says why in `fault`: `column: reason`, the column as the
   * file names it. A line whose shape is wrong has null in all targets.
   */
  readonly staging: string;
  /** Header name in the file → column of the staging table. The file may order them differently. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A set of files that is loaded into staging and turned into rows by SQL, in one transaction. */
export interface ImportDefinition {
  readonly files: readonly ImportFile[];
  /**
   * Procedures called in this order after all files are staged; they take no arguments, do not commit, and
   * may return rows (table_name, inserted, updated, deleted) for the summary. One that deletes, or makes less of,
   * rows because a file lacks them must leave alone whatever a refused line may be of, and returns
   * (file, losing, concerned) before: of so many rows, so many would be lost. Too large a share stops the import,
   * unless the user allows it: then `@import_allow_deletes` is 1. `@import_unfinished` lists, with commas, the files
   * whose last line has no line end.
   */
  readonly procedures: readonly string[];
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
  /** The day at whose start (UTC) the data ends: `2026-12-31`. Default: today. */
  readonly end?: string;
}

export interface Domain {
  readonly name: string;
  readonly description: string;
  readonly models: readonly DocumentModel[];
  readonly captured: readonly CapturedTable[];
  readonly import?: ImportDefinition;
  /** Sample files of the domain's own shape; the same options give the same bytes. */
  readonly generate?: (options: GenerateOptions) => Iterable<GeneratedFile>;
  /**
   * A statement (`begin not atomic … end` for several) that gives a sample what no file can say, run in a
   * transaction after generated files were imported into an empty database.
   */
  readonly afterSample?: string;
  /** Folder of example operations (`.graphql`) offered in GraphiQL, relative to the project file. */
  readonly examples?: string;
  /** Stored procedures offered in GraphQL. */
  readonly procedures?: readonly ProcedureDefinition[];
  /** Rules that the database enforces, by their `mysql_errno`. */
  readonly rules?: Readonly<Record<number, Rule>>;
}

export interface Project {
  /** Folder of the SQL files, relative to the project file. */
  readonly sql: string;
  readonly domains: readonly Domain[];
}

/** A business area: its models, what is captured for them, how its files are imported. */
export const defineDomain = (domain: Domain): Domain => domain;

/**
 * The root of a project: `vitrine.config.ts` exports one as default.
 * @throws TypeError when two models or types share a name, or a link leads nowhere.
 */
export function defineProject(project: Project): Project {
  const models = new Map<string, DocumentModel>();
  for (const model of project.domains.flatMap((domain) => domain.models)) {
    if (models.has(model.name)) throw new TypeError(`Model ${model.name} is defined twice.`);
    models.set(model.name, model);
  }
  const types = new Map<string, Fields>();
  for (const model of models.values()) {
    const fail = (problem: string): never => {
      throw new TypeError(`Model ${model.name}: ${problem}`);
    };
    const visit = (typeName: string, fields: Fields): void => {
      if ((types.get(typeName) ?? fields) !== fields) fail(`type ${typeName} is defined twice.`);
      types.set(typeName, fields);
      for (const [name, field] of Object.entries(fields)) {
        if (field.kind === "link") checkLink(name, field, fields, models, fail);
        const inner = field.kind === "list" ? field.item : field;
        if (inner.kind === "object") visit(inner.typeName, inner.fields);
      }
    };
    visit(model.typeName, model.fields);
  }
  return project;
}

/** A link's key is a stored sibling, or inside one, of the kind of the other model's key. */
function checkLink(
  name: string,
  link: LinkField,
  siblings: Fields,
  models: ReadonlyMap<string, DocumentModel>,
  fail: (problem: string) => never,
): void {
  const target = models.get(link.model);
  if (!target) {
    fail(`link "${name}" leads to ${link.model}, which is no model of this project.`);
    return;
  }
  let fields: Fields | undefined = siblings;
  let key: Field | undefined;
  for (const part of link.key.split(".")) {
    key = fields?.[part];
    fields = key?.kind === "object" ? key.fields : undefined;
  }
  const expected = keyFieldOf(target).kind;
  if (key?.kind !== expected)
    fail(`link "${name}" needs "${link.key}" beside it: the ${expected} that is the id of ${link.model}.`);
}

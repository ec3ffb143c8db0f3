import { z } from "zod";
import { compressedFormats, exportFormats } from "./export-formats.ts";
import type { Domain } from "./project.ts";

/** Default: all. */
const models = z.array(z.string()).readonly().optional();
const flag = z.boolean().optional();
/** Else a command line would take it for an option. */
const path = z.string().regex(/^[^-]/, 'a path must not be empty or begin with a dash: write "./files"');
const isPercentage = (value: unknown): value is true | number =>
  value === true || (typeof value === "number" && value >= 0 && value <= 100);
const percentage = z.custom<true | number>(isPercentage, "expected true, or a percentage from 0 to 100");

const changesExport = z
  .strictObject({
    verb: z.literal("export"),
    models,
    /** The destination that keeps the files of all runs: each adds what has changed. */
    to: path,
  })
  .readonly();
const filesExport = z
  .strictObject({
    verb: z.literal("export"),
    models,
    /** The folder for files of all documents as they are now. */
    out: path,
    format: z.enum(exportFormats).optional(),
    gzip: flag,
    source: z.enum(["live", "mirror"]).optional(),
  })
  .refine(({ format, gzip }) => !gzip || format === undefined || !compressedFormats.has(format), {
    path: ["gzip"],
    error: "files of this format are compressed already",
  })
  .readonly();
const fileImport = z
  .strictObject({
    verb: z.literal("import"),
    domain: z.string(),
    /** Which of the domain's imports. Default: its only one. */
    name: z.string().optional(),
    /** The folder with its files. */
    from: path,
    strict: flag,
    /** The files are whole: loads delete the rows that they lack. */
    full: flag,
    /** Delete whatever the files lack, or up to this percentage of it. */
    allowDeletes: percentage.optional(),
  })
  .readonly();
const verification = z
  .strictObject({ verb: z.literal("verify"), models, deep: flag, repair: flag })
  .readonly();
const rebuild = z.strictObject({ verb: z.literal("rebuild"), models }).readonly();

/** What a schedule runs: a verb of the command line with what it is told. Paths are as for a command started in the same folder. */
export type ScheduledWork = z.infer<
  typeof changesExport | typeof filesExport | typeof fileImport | typeof verification | typeof rebuild
>;

/** By its verb; the two exports are told apart by their places. */
const chooseSchema = (work: object, verb: unknown) => {
  switch (verb) {
    case "export":
      return "to" in work ? changesExport : filesExport;
    case "import":
      return fileImport;
    case "verify":
      return verification;
    case "rebuild":
      return rebuild;
    default:
      return undefined;
  }
};

/** The command line of scheduled work, without `vitrine`. */
export function toArguments(work: ScheduledWork): readonly string[] {
  switch (work.verb) {
    case "export":
      if ("to" in work) return ["export", ...(work.models ?? []), "--incremental", "--to", work.to];
      return [
        ...["export", ...(work.models ?? []), "--out", work.out],
        ...(work.format === undefined ? [] : ["--format", work.format]),
        ...(work.gzip ? ["--gzip"] : []),
        ...(work.source === undefined ? [] : ["--source", work.source]),
      ];
    case "import":
      return [
        ...["import", work.domain, ...(work.name === undefined ? [] : [work.name]), work.from],
        ...(work.strict ? ["--strict"] : []),
        ...(work.full ? ["--full"] : []),
        ...(work.allowDeletes === undefined ? [] : ["--allow-deletes"]),
        ...(typeof work.allowDeletes === "number" ? [String(work.allowDeletes)] : []),
      ];
    case "verify":
      return [
        ...["verify", ...(work.models ?? [])],
        ...(work.deep ? ["--deep"] : []),
        ...(work.repair ? ["--repair"] : []),
      ];
    case "rebuild":
      return ["rebuild", ...(work.models ?? [])];
  }
}

/** What its verb would refuse of scheduled work, as a sentence with the remedy; null: nothing. */
export function findWorkProblem(run: unknown, domains: readonly Domain[]): string | null {
  const work = typeof run === "object" && run !== null ? run : {};
  const verb = "verb" in work ? work.verb : undefined;
  const schema = chooseSchema(work, verb);
  if (schema === undefined)
    return `there is no verb ${verb ?? "in it"} to run. There are: export, import, verify, rebuild.`;
  const { data, error } = schema.safeParse(work);
  if (data) return findUnknownName(data, domains);
  return `${error.issues.map(({ path: at, message }) => [...at, message].join(": ")).join("; ")}.`;
}

function findUnknownName(work: ScheduledWork, domains: readonly Domain[]): string | null {
  if (work.verb === "import") {
    const domain = domains.find(({ name }) => name === work.domain);
    const imports = Object.keys(domain?.imports ?? {});
    if (imports.length === 0)
      return `there is no domain ${work.domain} with imports. There are: ${domains.map(({ name }) => name).join(", ")}.`;
    const isKnown = work.name === undefined ? imports.length === 1 : imports.includes(work.name);
    return isKnown
      ? null
      : `the domain ${work.domain} needs the name of an import. There are: ${imports.join(", ")}.`;
  }
  const known = domains.flatMap((domain) => domain.models.map((model) => model.name));
  const unknown = (work.models ?? []).filter((model) => !known.includes(model));
  return unknown.length === 0
    ? null
    : `there is no model ${unknown.join(", ")}. There are: ${known.join(", ")}.`;
}

// The front door of the package: the language in which a project is defined. What is not here is not promised.
export {
  type Access,
  type Claim,
  claim,
  defineAccess,
  type FieldRule,
  type Mask,
  type ModelAccess,
  type PersonalRule,
  type ProcedureAccess,
  type RoleAccess,
  type RowRule,
  type RuleValue,
} from "./models/access.ts";
export type { Conversion } from "./models/conversion.ts";
export {
  average,
  type CubeDefinition,
  type CubeModel,
  count,
  countDistinct,
  type Dimension,
  defineCube,
  type FactCondition,
  type FieldCondition,
  type Measure,
  max,
  min,
  sum,
} from "./models/cube.ts";
export type { DocumentOf } from "./models/document-of.ts";
export {
  bigint,
  boolean,
  date,
  dateTime,
  decimal,
  enumeration,
  type Field,
  type FieldOptions,
  type Fields,
  int,
  type LinkField,
  type ListItem,
  link,
  list,
  object,
  type ScalarField,
  string,
} from "./models/field.ts";
export type {
  CsvFormat,
  ImportDefinition,
  ImportFile,
  ImportFormat,
  ImportLoad,
} from "./models/import-definition.ts";
export {
  type Document,
  type DocumentId,
  type DocumentModel,
  type DocumentOfModel,
  defineModel,
  type ModelDefinition,
} from "./models/model.ts";
export type { Period } from "./models/period.ts";
export {
  type ArgumentField,
  defineProcedure,
  type ProcedureDefinition,
  type ResultField,
  type Rule,
} from "./models/procedure.ts";
export {
  type CapturedTable,
  type Domain,
  defineDomain,
  defineProject,
  type GeneratedFile,
  type GenerateOptions,
  type LiveEvent,
  type LiveOptions,
  type LiveSample,
  type LiveValue,
  type LiveWrite,
  type Project,
} from "./models/project.ts";
export type { RollUpDefinition } from "./models/roll-up.ts";
export { createPermutation, createRandom, mix, type Random } from "./models/sample-random.ts";
export type { Schedule, Schedules } from "./models/schedule.ts";

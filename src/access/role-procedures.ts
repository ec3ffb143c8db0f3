import type { ProcedureAccess, RoleAccess } from "../models/access.ts";
import type { ProcedureDefinition, ResultField } from "../models/procedure.ts";
import type { ProcedureRights } from "./role-project.ts";

/**
 * The procedures of a domain that a role may call, as it has them: without the arguments that are fixed, and without links
 * to what is not there. A query of which no result is left is not there.
 * @param models names of the models that are there for the role
 */
export function showProcedures(
  procedures: readonly ProcedureDefinition[],
  { procedures: granted = {} }: RoleAccess,
  models: ReadonlySet<string>,
): readonly ProcedureRights[] {
  return procedures.flatMap((procedure) => {
    const own =
      granted === "all" || (Object.hasOwn(granted, procedure.name) ? granted[procedure.name] : undefined);
    if (own === undefined) return [];
    const { arguments: fixed = {} }: ProcedureAccess = own === true ? {} : own;
    const isChosen = (name: string) => !Object.hasOwn(fixed, name);
    const isThere = (field: ResultField) =>
      field.kind !== "link" ||
      (models.has(field.model) && (field.key in procedure.result || isChosen(field.key)));
    const shown: ProcedureDefinition = {
      ...procedure,
      arguments: Object.fromEntries(Object.entries(procedure.arguments).filter(([name]) => isChosen(name))),
      result: Object.fromEntries(Object.entries(procedure.result).filter(([, field]) => isThere(field))),
    };
    const saysNothing = shown.kind === "query" && Object.keys(shown.result).length === 0;
    return saysNothing ? [] : [{ procedure, shown, fixed }];
  });
}

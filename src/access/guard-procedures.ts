import { VitrineError } from "../errors.ts";
import type { ProcedureCaller } from "../stores/mariadb/call-procedure.ts";
import { refuse } from "./guard-model.ts";
import type { ProcedureRights, RoleProject } from "./role-project.ts";
import { type Claims, readRuleValue } from "./rule-filter.ts";

/**
 * Calls procedures that a role may call, with its fixed arguments, whatever else is given for these.
 * @returns a caller that throws VitrineError FORBIDDEN also for a claim that is missing or of another kind
 */
export const guardProcedures = (
  caller: ProcedureCaller,
  procedures: RoleProject["procedures"],
  claims: Claims,
): ProcedureCaller => ({
  async call({ name }, args, ...limits) {
    const rights = procedures.get(name) ?? refuse("That is not there for you.");
    return caller.call(rights.procedure, { ...args, ...readFixed(rights, claims) }, ...limits);
  },
});

function readFixed({ procedure, fixed }: ProcedureRights, claims: Claims): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fixed).map(([name, value]) => {
      const field = procedure.arguments[name];
      if (!field || field.kind === "list")
        throw new VitrineError("INTERNAL", `${procedure.name} has no argument "${name}" that can be fixed.`);
      return [name, readRuleValue(field, value, claims)];
    }),
  );
}

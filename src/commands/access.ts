import type { Command } from "commander";
import { toMatrix } from "../access/access-matrix.ts";
import {
  type DescribedDomain,
  type DescribedModel,
  type DescribedRole,
  describeAccess,
} from "../access/describe-access.ts";
import { VitrineError } from "../errors.ts";
import { loadProject } from "../load-project.ts";
import type { CommandContext } from "./context.ts";
import { formatTable } from "./format-table.ts";

/** `vitrine access [ROLE]`: who may see what; all roles beside each other, or one in full. No server is asked. */
export function registerAccess(command: Command, context: CommandContext): void {
  command.action(async (role: string | undefined) => {
    const all = describeAccess(await loadProject(context.config().projectFile));
    const chosen = role === undefined ? all : all.filter((one) => one.role === role);
    if (role !== undefined && chosen.length === 0)
      throw new VitrineError(
        "BAD_INPUT",
        `There is no role ${role}. There are: ${all.map((one) => one.role).join(", ") || "none"}.`,
      );
    for (const line of role === undefined ? listMatrix(all) : chosen.flatMap(listRole)) context.print(line);
    context.printJson({ roles: chosen });
  });
}

function listMatrix(roles: readonly DescribedRole[]): readonly string[] {
  if (roles.length === 0)
    return ["No domain declares roles: whoever reaches the gateway may see everything (defineAccess)."];
  return formatTable(toMatrix(roles).map(({ domain, what, byRole }) => ({ domain, what, ...byRole })));
}

function listRole({ role, domains }: DescribedRole): readonly string[] {
  return domains.flatMap((domain) => [
    `${role} in ${domain.domain}: ${domain.description}`,
    `  personal fields ${domain.personal}; run log ${domain.runs ? "shown" : "hidden"}`,
    ...listLimits(domain),
    ...domain.models.flatMap(listModel),
    ...listProcedures(domain),
  ]);
}

const listLimits = ({ limits = {} }: DescribedDomain): readonly string[] => {
  const all = Object.entries(limits).map(([name, most]) => `${name} ${most}`);
  return all.length === 0 ? [] : [`  at most ${all.join(", ")}`];
};

function listModel(described: DescribedModel): readonly string[] {
  const { model, rows, hidden, lostLinks, masked, history, facts, leastGroup } = described;
  const extras = [
    ...(history ? ["with its past"] : []),
    ...(facts ? ["with its facts"] : []),
    ...(leastGroup > 1 ? [`groups of ${leastGroup} people or more`] : []),
  ];
  return [
    `  ${[model, ...extras].join(", ")}`,
    ...(rows === null ? [] : [`    rows where ${rows}`]),
    ...(hidden.length === 0 ? [] : [`    without ${hidden.join(", ")}`]),
    ...(lostLinks.length === 0 ? [] : [`    without the links ${lostLinks.join(", ")}`]),
    ...(masked.length === 0
      ? []
      : [`    masked: ${masked.map(({ field, mask }) => `${field} (${mask})`).join(", ")}`]),
  ];
}

const listProcedures = ({ procedures }: DescribedDomain): readonly string[] =>
  procedures.map(({ procedure, fixed }) => {
    const own = fixed.map(({ argument, value }) => `${argument} = ${value}`).join(", ");
    return `  may call ${procedure}${own === "" ? "" : `, with ${own}`}`;
  });

import { toMatrix } from "../access/access-matrix.ts";
import type { DescribedDomain, DescribedModel, DescribedRole } from "../access/describe-access.ts";
import { formatTable } from "./format-table.ts";

/** All roles beside each other, as lines for people. */
export function listMatrix(roles: readonly DescribedRole[]): readonly string[] {
  if (roles.length === 0)
    return ["No domain declares roles: whoever reaches the gateway may see everything (defineAccess)."];
  return formatTable(toMatrix(roles).map(({ domain, what, byRole }) => ({ domain, what, ...byRole })));
}

/** What one role has, in full. */
export function listRole({ role, domains }: DescribedRole): readonly string[] {
  return domains.flatMap((domain) => [
    `${role} in ${domain.domain}: ${domain.description}`,
    `  personal fields ${domain.personal}; run log ${domain.runs ? "shown" : "hidden"}`,
    ...Object.entries(domain.limits).map(([name, most]) => `  ${name} ${most} at most`),
    ...(domain.documents === null ? [] : [`  may send ${domain.documents} documents`]),
    ...domain.models.flatMap(listModel),
    ...listProcedures(domain),
  ]);
}

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

import { toMatrix } from "../access/access-matrix.ts";
import { type DescribedRole, describeAccess } from "../access/describe-access.ts";
import type { Project } from "../models/project.ts";
import { code, page, table } from "./markdown.ts";

const introduction = `What each role may see and do, as the domains declare it ([how](../how-to/declare-access.md)). What a
role is not given does not exist for it: no type, field, argument, example or error tells of it. The same prints
\`vitrine access\`, of one role \`vitrine access ROLE\`.

Whoever may call a procedure is told what it refuses, and so finds out by trying what it checks: a field of the role's
"without" that a procedure compares with what it is given, such as a stock, is no secret from that role.
`;

/** The page of roles: all beside each other, then what each has in full. */
export function renderAccess(project: Project): string {
  const roles = describeAccess(project);
  const names = roles.map(({ role }) => role);
  const matrix = toMatrix(roles);
  const domains = [...new Set(matrix.map(({ domain }) => domain))];
  return page(
    "Who may see what",
    introduction,
    ...domains.map((domain) =>
      [
        `## Roles in ${domain}\n`,
        table(
          ["", ...names],
          matrix
            .filter((row) => row.domain === domain)
            .map(({ what, byRole }) => [code(what), ...names.map((name) => byRole[name] ?? "")]),
        ),
      ].join("\n"),
    ),
    ...roles.map(renderRole),
  );
}

function renderRole({ role, domains }: DescribedRole): string {
  return [
    `## ${role}\n`,
    ...domains.map(({ domain, description, personal, runs }) => {
      const log = runs ? " The run log is shown." : "";
      return `- ${code(domain)}: ${description} Personal fields are ${personal}.${log}`;
    }),
    "",
    table(
      ["model", "rows", "without", "links that are not there", "masked", "beside"],
      domains.flatMap(({ models }) =>
        models
          .filter(
            ({ rows, hidden, lostLinks, masked, leastGroup }) =>
              rows !== null || leastGroup > 1 || hidden.length + lostLinks.length + masked.length > 0,
          )
          .map(({ model, rows, hidden, lostLinks, masked, history, facts, leastGroup }) => [
            code(model),
            rows === null ? "all" : code(rows),
            hidden.map(code).join(", "),
            lostLinks.map(code).join(", "),
            masked.map(({ field, mask }) => `${code(field)} (${mask})`).join(", "),
            [
              ...(history ? ["past"] : []),
              ...(facts ? ["facts"] : []),
              ...(leastGroup > 1 ? [`groups of ${leastGroup} people or more`] : []),
            ].join(", "),
          ]),
      ),
    ),
    table(
      ["procedure", "arguments that nobody chooses"],
      domains.flatMap(({ procedures }) =>
        procedures.map(({ procedure, fixed }) => [
          code(procedure),
          fixed.map(({ argument, value }) => code(`${argument} = ${value}`)).join(", "),
        ]),
      ),
    ),
  ].join("\n");
}

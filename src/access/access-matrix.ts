import type {
  DescribedDomain,
  DescribedModel,
  DescribedProcedure,
  DescribedRole,
} from "./describe-access.ts";

/** What every role has of one model or procedure: a word or two by role. */
export interface MatrixRow {
  readonly domain: string;
  /** Name of a model; of a procedure with `()` behind it. */
  readonly what: string;
  readonly byRole: Readonly<Record<string, string>>;
}

/** What nobody named is not there. */
const NOTHING = "–";

/** The roles beside each other: a row for each model and procedure that any of them has. */
export function toMatrix(roles: readonly DescribedRole[]): readonly MatrixRow[] {
  const rows = new Map<string, { domain: string; what: string; byRole: Record<string, string> }>();
  const note = (role: string, { domain }: DescribedDomain, what: string, text: string) => {
    const key = `${domain} ${what}`;
    const row = rows.get(key) ?? {
      domain,
      what,
      byRole: Object.fromEntries(roles.map((one) => [one.role, NOTHING])),
    };
    row.byRole[role] = text;
    rows.set(key, row);
  };
  for (const { role, domains } of roles)
    for (const domain of domains) {
      for (const model of domain.models) note(role, domain, model.model, summarize(model));
      for (const one of domain.procedures) note(role, domain, `${one.procedure}()`, summarizeCall(one));
    }
  const order = [...new Set([...rows.values()].map(({ domain }) => domain))];
  return [...rows.values()].sort(
    (one, other) => order.indexOf(one.domain) - order.indexOf(other.domain) || compare(one.what, other.what),
  );
}

/** Models, then procedures, each by name. */
const compare = (one: string, other: string): number =>
  Number(one.endsWith("()")) - Number(other.endsWith("()")) || (one < other ? -1 : 1);

function summarize({ rows, hidden, masked, history, facts, leastGroup }: DescribedModel): string {
  const parts = [
    ...(rows === null ? [] : ["some rows"]),
    ...(hidden.length === 0 ? [] : ["some fields"]),
    ...(masked.length === 0 ? [] : ["masked"]),
    ...(leastGroup > 1 ? [`${leastGroup} people`] : []),
    ...(history ? ["past"] : []),
    ...(facts ? ["facts"] : []),
  ];
  const isWhole = rows === null && hidden.length === 0 && masked.length === 0;
  return [...(isWhole ? ["all"] : []), ...parts].join(", ");
}

const summarizeCall = ({ fixed }: DescribedProcedure): string =>
  fixed.length === 0 ? "call" : `call, ${fixed.map(({ argument }) => argument).join(", ")} fixed`;

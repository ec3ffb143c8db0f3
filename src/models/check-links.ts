import { checkRates } from "./conversion.ts";
import { type CubeModel, isCube } from "./cube.ts";
import type { Field, Fields, LinkField } from "./field.ts";
import { type DocumentModel, keyFieldOf } from "./model.ts";
import type { Domain } from "./project.ts";

/**
 * Links lead to models of the domain itself, or of one that it names in `uses`: what it rests on is said there.
 * @throws TypeError that names the link and the remedy
 */
export function checkLinks(domain: Domain, domains: readonly Domain[]): void {
  for (const model of domain.models) {
    if (isCube(model)) checkConversionRates(model, domain, domains);
    const visit = (fields: Fields): void => {
      for (const [name, field] of Object.entries(fields)) {
        if (field.kind === "link") {
          const target = findTarget(field.model, {
            from: domain,
            domains,
            link: `${model.name}: link "${name}"`,
          });
          checkKey(`${model.name}: link "${name}"`, field, fields, target);
        }
        const inner = field.kind === "list" ? field.item : field;
        if (inner.kind === "object") visit(inner.fields);
      }
    };
    visit(model.fields);
  }
  for (const procedure of domain.procedures ?? [])
    for (const [name, field] of Object.entries(procedure.result))
      if (field.kind === "link")
        findTarget(field.model, { from: domain, domains, link: `${procedure.name}: link "${name}"` });
}

function checkConversionRates({ name, cube }: CubeModel, from: Domain, domains: readonly Domain[]): void {
  const { conversion, dimensions } = cube;
  const currency = conversion && dimensions[conversion.currency]?.type;
  if (!conversion || !currency) return;
  const link = `Cube ${name}: its conversion`;
  checkRates(name, currency, findTarget(conversion.rates, { from, domains, link }));
}

function findTarget(
  model: string,
  {
    from,
    domains,
    link,
  }: { readonly from: Domain; readonly domains: readonly Domain[]; readonly link: string },
): DocumentModel {
  for (const domain of domains) {
    const target = domain.models.find(({ name }) => name === model);
    if (!target) continue;
    if (domain !== from && !from.uses?.includes(domain.name))
      throw new TypeError(
        `${link} leads to ${model} of domain ${domain.name}, which domain ${from.name} does not use. Say so: uses: ["${domain.name}"].`,
      );
    return target;
  }
  throw new TypeError(`${link} leads to ${model}, which is no model of this project.`);
}

/** A link's key is a stored sibling, or inside one, of the kind of the other model's key. */
function checkKey(name: string, link: LinkField, siblings: Fields, target: DocumentModel): void {
  let fields: Fields | undefined = siblings;
  let key: Field | undefined;
  for (const part of link.key.split(".")) {
    key = fields?.[part];
    fields = key?.kind === "object" ? key.fields : undefined;
  }
  const expected = keyFieldOf(target).kind;
  if (key?.kind !== expected)
    throw new TypeError(
      `${name} needs "${link.key}" beside it: the ${expected} that is the id of ${link.model}.`,
    );
}

import type { Domain } from "./project.ts";

/**
 * The domains in an order in which each comes after those that it uses, otherwise as they are given.
 * @throws TypeError for a domain that uses an unknown one, or itself by way of others
 */
export function orderDomains(domains: readonly Domain[]): readonly Domain[] {
  const named = new Map(domains.map((domain) => [domain.name, domain]));
  const ordered = new Set<Domain>();
  const visit = (domain: Domain, path: readonly string[]): void => {
    const way = [...path, domain.name];
    if (path.includes(domain.name))
      throw new TypeError(
        `Domains use each other in a circle: ${way.slice(way.indexOf(domain.name)).join(" → ")}. Move what they share into a domain that both use.`,
      );
    if (ordered.has(domain)) return;
    for (const name of domain.uses ?? []) {
      const used = named.get(name);
      if (!used)
        throw new TypeError(
          `Domain ${domain.name} uses ${name}, which is no domain of this project. Add it to the project's domains, or take it out of \`uses\`.`,
        );
      visit(used, way);
    }
    ordered.add(domain);
  };
  for (const domain of domains) visit(domain, []);
  return [...ordered];
}

import { claim, defineAccess } from "../../../src/models/access.ts";
import { defineProject } from "../../../src/models/project.ts";
import type { TestGateway } from "../graphql/gateway.ts";
import { type GuardedGateway, openGuardedGateway } from "./guarded-gateway.ts";

const inState = { where: { state: { eq: claim("state") } } } as const;

/** Somebody who sees the customers of one state, their versions and their sales, and no first names. */
const access = defineAccess({
  roles: {
    clerk: {
      description: "Who looks after the customers of a state.",
      personal: "shown",
      models: {
        customer_orders: { ...inState, except: ["firstName", "orders.salesTax"], history: true },
        customers: inState,
        orders: true,
        order_details: { history: true },
        sales: { ...inState, facts: true },
      },
    },
  },
});

/** A gateway for a clerk, beside that of a shop which has no such role. */
export function openStateClerk(gateway: TestGateway, state: unknown): Promise<GuardedGateway> {
  const { project } = gateway.database;
  const domains = project.domains.map((domain) => (domain.name === "pos" ? { ...domain, access } : domain));
  const database = { ...gateway.database, project: defineProject({ ...project, domains }) };
  return openGuardedGateway({ ...gateway, database }, "clerk", { state });
}

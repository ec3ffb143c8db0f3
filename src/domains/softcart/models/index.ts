// One line per model of the domain, in the order of the alphabet: what is exported here is a model.
export { catalog } from "./catalog.ts";
export { catalogEntry } from "./catalog-entry.ts";
export { category } from "./category.ts";
export { country } from "./country.ts";
export { ecommerce } from "./ecommerce.ts";
export { item } from "./item.ts";
export { orderFact } from "./order-fact.ts";
export { sale } from "./sale.ts";
export { totalSalesPerCountry } from "./total-sales-per-country.ts";

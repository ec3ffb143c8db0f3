import type { InjectionPoint } from "./run-sqlmap.ts";

const ask = (name: string, query: string, v: unknown): InjectionPoint => ({
  name,
  path: "/graphql",
  body: { query, variables: { v } },
});

/** Places where text of a client comes near SQL: values, keys, orders, cursors, moments, documents of `where`, addresses. */
export const injectionPoints: readonly InjectionPoint[] = [
  ask(
    "a text in where",
    "query($v:String){customerConnection(where:{lastName:{contains:$v}},first:5,source:LIVE){nodes{customerId}}}",
    "an*",
  ),
  ask(
    "a text without regard to case",
    "query($v:String){customerConnection(where:{lastName:{startsWithInsensitive:$v}},first:5,source:LIVE){nodes{customerId}}}",
    "an*",
  ),
  ask(
    "one of a list",
    "query($v:[String!]){customerConnection(where:{state:{in:$v}},first:5,source:LIVE){nodes{customerId}}}",
    ["AZ*"],
  ),
  ask("a key", "query($v:ID!){customer(id:$v,source:LIVE){lastName}}", "1*"),
  ask("a key of anything", "query($v:ID!){node(id:$v){id}}", "Customer:1*"),
  ask(
    "a decimal",
    "query($v:Decimal){orderDetailsConnection(where:{total:{gt:$v}},first:5,source:LIVE){nodes{orderId}}}",
    "100.00*",
  ),
  ask(
    "a cursor",
    "query($v:String){customerConnection(first:5,after:$v,source:LIVE){nodes{customerId}}}",
    "WyJRWkZ6YTZaeiIsMV0*",
  ),
  ask(
    "a moment of the past",
    "query($v:DateTime){customer(id:1,asOf:$v){lastName}}",
    "2026-11-30T00:00:00.000Z*",
  ),
  ask(
    "a dimension of a cube",
    "query($v:String){sales(groupBy:[STATE],where:{state:{eq:$v}},source:LIVE){state revenue}}",
    "AZ*",
  ),
  ask(
    "an order",
    "query($v:[CustomerOrderBy!]){customerConnection(orderBy:$v,first:5,source:LIVE){nodes{customerId}}}",
    ["LAST_NAME_ASC*"],
  ),
  ask("a token of a write", "query($v:String){customer(id:1,afterWrite:$v,source:LIVE){lastName}}", "1*"),
  {
    name: "the text of a query",
    path: "/graphql",
    body: { query: '{customer(id:"1*",source:LIVE){lastName}}' },
  },
  { name: "fields of an export", path: "/export/customers.csv?source=LIVE&fields=customerId,lastName*" },
  { name: "where of an export", path: '/export/customers.csv?source=LIVE&where={lastName:{eq:"Anderson*"}}' },
  { name: "the model of an export", path: "/export/customers*.csv" },
  {
    name: "a header",
    path: "/graphql",
    body: { query: "{customer(id:1,source:LIVE){lastName}}" },
    header: "x-vitrine-after-write: 1*",
  },
];

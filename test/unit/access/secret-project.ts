import { average, count, countDistinct, defineCube, sum } from "../../../src/models/cube.ts";
import { date, decimal, enumeration, int, link, list, object, string } from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineProcedure } from "../../../src/models/procedure.ts";
import { type Domain, defineProject } from "../../../src/models/project.ts";

const secretKind = enumeration("SecretKind", "A secret kind.", { secret_one: "Secret." }, { filter: true });

const vault = defineModel({
  name: "secret_vaults",
  typeName: "SecretVault",
  description: "A secret model.",
  key: "secretId",
  exportName: "secrets",
  fields: { secretId: int("Secret."), open: link("places", { key: "secretId" }) },
});

const place = defineModel({
  name: "places",
  typeName: "Place",
  description: "What may be seen.",
  key: "placeId",
  unindexed: ["secretTown"],
  fields: {
    placeId: int("Number."),
    town: string("Town.", { filter: true, formerly: "city" }),
    secretTown: string("A secret field.", { filter: true, formerly: "secretCity" }),
    secretName: string("A secret of a person.", { pii: true, filter: true, formerly: "secretSurname" }),
    secretKind,
    secretVault: link("secret_vaults", { key: "placeId" }),
    secretKey: int("A secret key of a link."),
    twin: link("places", { key: "placeId" }),
    secretTwin: link("places", { key: "secretKey" }),
    parts: list(
      "Parts.",
      object("PlacePart", "A part.", {
        size: int("Size."),
        secretOwner: string("A secret of a person.", { pii: true }),
        secretDepth: int("A secret."),
        secretVault: link("secret_vaults", { key: "size" }),
        inner: object("PlaceSecret", "A secret object.", { secretInner: int("Secret.") }),
      }),
    ),
  },
});

const stay = defineCube({
  name: "stays",
  typeName: "Stay",
  description: "Nights.",
  key: "stayId",
  fields: {
    stayId: int("Number."),
    placeId: int("Where.", { filter: true }),
    begunOn: date("Day.", { filter: true }),
    secretDay: date("A secret day.", { filter: true, formerly: "secretDate" }),
    secretPerson: string("A secret person.", { filter: true, pii: true }),
    secretKind,
    nights: int("Nights.", { filter: true }),
    secretMoney: decimal("Secret money.", 2, { filter: true }),
    currency: string("Currency.", { filter: true }),
    place: link("places", { key: "placeId" }),
    secretVault: link("secret_vaults", { key: "placeId" }),
  },
  dimensions: ["placeId", "begunOn", "secretDay", "secretPerson", "secretKind", "currency"],
  measures: {
    stays: count("Stays."),
    quiet: count("Stays of a kind.", { where: { secretKind: { eq: "secret_one" } } }),
    nights: sum("nights", "Nights."),
    secretRevenue: sum("secretMoney", "Secret.", { requires: ["currency"] }),
    secretPeople: countDistinct("secretPerson", "Secret people."),
    averageNights: average("nights", "stays", 2, "Nights per stay."),
    averageSecret: average("secretRevenue", "stays", 2, "A secret average."),
  },
  people: "secretPeople",
  determinedBy: { secretKind: "secretPerson" },
  rollups: [
    { by: ["placeId", "secretDay"], measures: ["nights"] },
    { by: ["begunOnMonth", "currency"], measures: ["nights", "secretRevenue", "averageSecret"] },
  ],
  conversion: { currency: "currency", date: "begunOn", rates: "secret_rates", scale: 2 },
});

const secretRates = defineModel({
  name: "secret_rates",
  typeName: "SecretRate",
  description: "Secret rates.",
  key: "rateId",
  fields: {
    rateId: int("Number."),
    currencyFrom: string("From.", { filter: true }),
    currencyTo: string("To.", { filter: true }),
    date: date("Day.", { filter: true }),
    rate: decimal("Rate.", 2),
  },
});

const secretFacts = defineCube({
  name: "secret_facts",
  typeName: "SecretFact",
  description: "Secret facts.",
  key: "id2",
  fields: { id2: int("Number."), secretTown: string("Secret.", { filter: true }) },
  dimensions: ["secretTown"],
  measures: { secretCount: count("Secret.") },
});

const procedure = (name: string, secretArgument: string) =>
  defineProcedure({
    name,
    description: "Does something.",
    kind: "mutation",
    arguments: { [secretArgument]: int("Who."), day: date("When.") },
    result: {
      done: int("How many."),
      secretLink: link("secret_vaults", { key: "done" }),
      ofArgument: link("places", { key: secretArgument }),
    },
  });

const access = {
  roles: {
    guest: {
      description: "A guest.",
      models: {
        places: {
          where: { secretTown: { eq: "secret" } },
          except: ["secretTown", "secretKind", "secretKey", "parts.secretDepth", "parts.inner"],
        },
        stays: { except: ["secretDay", "secretKind", "secretMoney", "secretRevenue", "secretPeople"] },
      },
      procedures: { book_stay: { arguments: { secretGuest: 7 } } },
    },
  },
} as const;

const domain: Domain = {
  name: "house",
  description: "A house.",
  models: [vault, place, stay, secretRates, secretFacts],
  procedures: [
    procedure("book_stay", "secretGuest"),
    { ...procedure("secret_call", "secretGuest"), description: "A secret call." },
  ],
  rules: { 10001: { code: "SECRET_RULE", description: "A secret rule." } },
  personal: { secret_table: ["secret_column"] },
  captured: [{ table: "secret_table" }],
  examples: "examples",
  dashboards: "boards",
  access,
};

/** A project of which all that the role `guest` may not see, of every kind, has "secret" in its name and description. */
export const secretProject = defineProject({
  sql: "sql",
  domains: [
    domain,
    {
      name: "secret-domain",
      description: "A secret domain.",
      models: [
        defineModel({
          ...{ name: "elsewhere", typeName: "SecretElsewhere", description: "Secret.", key: "secretId" },
          fields: { secretId: int("Secret.") },
        }),
      ],
      captured: [],
      examples: "secret-examples",
    },
  ],
});

import { count } from "../../../models/cube.ts";
import { boolean, date, dateTime, int, link, string } from "../../../models/field.ts";

/** When a version was the one that counts. */
export const versionFields = {
  versionNumber: int(
    "1 for the first version, then on without a gap, also when it was deleted and made anew.",
    {
      filter: true,
    },
  ),
  deleted: boolean("Whether the version is a deletion; it shows what was deleted.", { filter: true }),
  validFrom: dateTime(
    "From when it counts, as `asOf` does; equal to validTo when it was replaced within a millisecond.",
    {
      filter: true,
    },
  ),
  validFromDate: date("Day of that moment.", { filter: true }),
  validTo: dateTime("When the next version began; null while there is none.", {
    nullable: true,
    filter: true,
  }),
  supersededBy: int("Record of the next version; null while there is none.", { nullable: true }),
} as const;

/** What a version refers to may be gone since: names are those of today, or null. */
export const recordParties = {
  staffName: string("First and last name of the member of the staff.", {
    nullable: true,
    filter: true,
    pii: true,
  }),
  departmentName: string("Name of the department that the order is counted for.", {
    nullable: true,
    filter: true,
  }),
  office: string("Where that department is.", { nullable: true, filter: true }),
  counterpartyId: int("Counterparty number.", { filter: true }),
  counterpartyName: string("Legal name of the counterparty.", { nullable: true, filter: true }),
  legalCountry: string("Country of the counterparty's legal address.", { nullable: true, filter: true }),
} as const;

/** In which money. The number says it also when the currency is gone. */
export const recordCurrency = {
  currencyId: int("Currency number.", { filter: true }),
  currencyCode: string("Code of the currency: `GBP`.", { nullable: true, filter: true }),
} as const;

/** Where to; see recordParties. */
export const recordPlace = {
  agreedDeliveryLocationId: int("Number of the place that it is delivered to.", { filter: true }),
  deliveryCountry: string("Country of that place.", { nullable: true, filter: true }),
} as const;

/** Money of versions: never across currencies, also of those that are gone. */
export const moneyOfVersions = { requires: ["currencyId"] } as const;

/** Dimensions that every history has. */
export const versionDimensions = ["validFromDate", "versionNumber"] as const;

/** Measures that every history has. */
export const versionMeasures = {
  versions: count("How many versions there are."),
  deletions: count("How many of them are deletions.", { where: { deleted: { eq: true } } }),
} as const;

/** Filters on what comes from the next version. */
export const unindexedVersions = ["deleted", "versionNumber", "validTo"] as const;

/** The document of today that a version is of. */
export const linkToToday = (model: string, key: string) =>
  link(model, { key, description: "It as it is today; null when it was deleted." });

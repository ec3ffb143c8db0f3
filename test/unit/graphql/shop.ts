import {
  bigint,
  date,
  dateTime,
  decimal,
  enumeration,
  int,
  link,
  list,
  object,
  string,
} from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";
import { defineDomain, defineProject } from "../../../src/models/project.ts";

/** A small model with every kind of field that can be filtered. */
export const parcel = defineModel({
  name: "parcel",
  typeName: "Parcel",
  description: "A parcel.",
  key: "parcelId",
  fields: {
    parcelId: int("Parcel number."),
    town: string("Where it goes.", { filter: true }),
    price: decimal("What it costs.", 2, { filter: true, nullable: true }),
    code: bigint("Code on the label.", { filter: true }),
    sentOn: date("Day it was sent.", { filter: true, nullable: true }),
    fate: enumeration(
      "ParcelFate",
      "What has become of it.",
      { underway: { text: "on its way", description: "Not there yet." }, lost: "Nobody knows where it is." },
      { filter: true, nullable: true },
    ),
    seenAt: dateTime("When it was last seen.", { filter: true, nullable: true }),
    weight: decimal("Old weight.", 3, { deprecated: "Use items." }),
    items: list("What is inside.", object("ParcelItem", "One thing.", { name: string("Its name.") })),
    owner: object("ParcelOwner", "Who pays.", { ownerId: int("Person number."), name: string("Name.") }),
    person: link("person", { key: "owner.ownerId" }),
  },
});

export const person = defineModel({
  name: "person",
  typeName: "Person",
  description: "A person.",
  key: "personId",
  fields: { personId: int("Person number."), name: string("Name.", { filter: true }) },
});

export const post = defineProject({
  sql: "sql",
  domains: [defineDomain({ name: "post", description: "Parcels.", models: [parcel, person], captured: [] })],
});

import {
  boolean,
  dateTime,
  decimal,
  enumeration,
  type Fields,
  int,
  string,
} from "../../../src/models/field.ts";
import { defineModel } from "../../../src/models/model.ts";

/** A key that is a UUID, and columns of each type that has no form of its own in a document. */
export const devices = defineModel({
  name: "devices",
  typeName: "Device",
  description: "A device.",
  key: "devicesId",
  batch: 3,
  fields: {
    devicesId: string("Its UUID."),
    made: int("The year.", { nullable: true }),
    isOn: boolean("Whether it is on."),
    isLent: boolean("Whether it is lent.", { nullable: true }),
    flags: int("Twelve bits."),
    mask: decimal("Sixty-four bits.", 0),
    seen: dateTime("When it was seen.", { nullable: true }),
    woken: string("When it wakes.", { nullable: true }),
    address: string("IPv6 or IPv4.", { nullable: true }),
    address4: string("IPv4.", { nullable: true }),
    colours: string("Its colours, with commas between.", { filter: true, nullable: true }),
    state: enumeration(
      "DeviceState",
      "How it is.",
      { on: "On.", off: "Off.", Lost: "Lost." },
      { filter: true },
    ),
    place: string("GeoJSON.", { nullable: true }),
    photo: string("Base64.", { nullable: true }),
    digest: string("Base64.", { nullable: true }),
    settings: string("JSON.", { nullable: true }),
    counted: decimal("Whole, without a sign.", 0),
    total: string("Forty digits.", { nullable: true }),
  },
});

/** A table and columns whose names no field can have. */
export const maps = defineModel({
  name: "maps",
  typeName: "Map",
  description: "A layer of a map.",
  key: ["mapNo", "layer"],
  batch: 3,
  fields: {
    mapNo: int("Its number."),
    layer: int("Its layer."),
    title: string("Its title.", { nullable: true }),
    size: int("Its size.", { nullable: true }),
  },
});

const columns = Object.fromEntries(
  Array.from({ length: 119 }, (_, at) => [`column${at + 1}`, string("A column.", { nullable: true })]),
) satisfies Fields;

/** A hundred and twenty columns, in mixed case. */
export const mixed = defineModel({
  name: "mixed",
  typeName: "Mixed",
  description: "A row of many columns.",
  key: "mixedId",
  fields: { mixedId: int("Its number."), ...columns },
});

/** A key of 3,072 bytes. */
export const longKeys = defineModel({
  name: "long_keys",
  typeName: "LongKey",
  description: "What has a long name.",
  key: "name",
  fields: { name: string("Its name."), n: int("A number.") },
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configSchema, readConfig } from "../../src/config.ts";

const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
const example = Object.fromEntries(
  text.split("\n").flatMap((line) => {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name ? [[name, value ?? ""]] : [];
  }),
);

describe(".env.example", () => {
  it("names every setting, and no other", () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(configSchema.shape).sort());
  });

  it("shows the defaults", () => {
    expect(readConfig(example)).toEqual(readConfig({}));
  });
});

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

describe("readConfig", () => {
  it("names all wrong variables at once, each with what it must be", () => {
    const wrong = { PORT: "seven", VITRINE_AUDIT_SHARE: "1.5", MONGODB_URL: "http://here", HOST: "::1" };
    const problems = [
      "MONGODB_URL: must be a URL that starts with mongodb:// or mongodb+srv://",
      expect.stringMatching(/^PORT: .*number/),
      "VITRINE_AUDIT_SHARE: Too big: expected number to be <=1",
    ];
    expect(() => readConfig(wrong)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", details: { problems } }),
    );
    expect(() => readConfig(wrong)).toThrow(
      /wrong\.\n {2}MONGODB_URL.*\n {2}PORT.*\n {2}VITRINE_AUDIT_SHARE/,
    );
  });

  it("takes an empty variable for one that is absent", () => {
    expect(readConfig({ PORT: "", VITRINE_AUDIT_SHARE: "" })).toEqual(readConfig({}));
    expect(readConfig({ VITRINE_AUDIT_SHARE: "0" }).auditShare).toBe(0);
  });
});

import { readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { registerVerbs } from "../../src/commands/register-verbs.ts";
import { configSchema, loggedCommands, readConfig } from "../../src/config.ts";

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

describe("LOG_LEVEL", () => {
  it("has the default that help and reference tell", async () => {
    const program = new Command().exitOverride();
    const stdout = {
      isTerminal: false,
      print: () => undefined,
      finish: async () => null,
      outlive: () => undefined,
    };
    const input = { env: {}, signal: AbortSignal.abort(), stdout, stderr: process.stderr };
    const context = await registerVerbs(program, input, []);
    const levels: Record<string, string> = {};
    for (const command of program.commands) {
      command.action(() => {
        levels[command.name()] = context.config().logLevel;
      });
      const words = command.registeredArguments.map(() => "word");
      await program.parseAsync([command.name(), ...words], { from: "user" });
    }
    const others = Object.entries(levels).filter(([, level]) => level !== "warn");
    expect(Object.keys(levels).length).toBeGreaterThan(10);
    expect(others).toEqual(loggedCommands.map((name) => [name, "info"]));
    const names = others.map(([name]) => name);
    const help = program.helpInformation().replaceAll(/\s+/g, " ");
    expect(help).toContain(`(LOG_LEVEL, default warn; ${names.join(", ")}: info)`);
    expect(configSchema.shape.LOG_LEVEL.description).toContain(`default of ${names.join(" and ")}: info`);
    expect(readConfig({}).logLevel).toBe("warn");
  });
});

describe("readConfig", () => {
  it("names all wrong variables at once, each with what it must be", () => {
    const wrong = { PORT: "seven", VITRINE_VERIFY_SHARE: "1.5", MONGODB_URL: "http://here", HOST: "::1" };
    const problems = [
      "MONGODB_URL: must be a URL that starts with mongodb:// or mongodb+srv://",
      expect.stringMatching(/^PORT: .*number/),
      "VITRINE_VERIFY_SHARE: Too big: expected number to be <=1",
    ];
    expect(() => readConfig(wrong)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", details: { problems } }),
    );
    expect(() => readConfig(wrong)).toThrow(
      /wrong\.\n {2}MONGODB_URL.*\n {2}PORT.*\n {2}VITRINE_VERIFY_SHARE/,
    );
  });

  it("leaves a connection to queries when as many files are sent as are at a time", () => {
    expect(readConfig({ VITRINE_MAX_FILES: "3", VITRINE_POOL_SIZE: "4" })).toMatchObject({ poolSize: 4 });
    for (const wrong of [{ VITRINE_POOL_SIZE: "4" }, { VITRINE_MAX_FILES: "12" }])
      expect(() => readConfig(wrong)).toThrow(/VITRINE_MAX_FILES: must be less than VITRINE_POOL_SIZE/);
  });

  it("takes an empty variable for one that is absent", () => {
    expect(readConfig({ PORT: "", VITRINE_VERIFY_SHARE: "" })).toEqual(readConfig({}));
    expect(readConfig({ VITRINE_VERIFY_SHARE: "0" }).verifyShare).toBe(0);
  });
});

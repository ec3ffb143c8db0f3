import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { toFailureReport } from "../../../src/commands/report-error.ts";
import { VitrineError } from "../../../src/errors.ts";

const plain = { json: false, cancelled: false };

describe("a command that failed", () => {
  it("prints a sentence and its code, and ends with the exit code of the catalogue", () => {
    const error = new VitrineError("PORT_IN_USE", "Port 4000 is taken.");
    expect(toFailureReport(error, plain)).toEqual({
      text: "Port 4000 is taken. [PORT_IN_USE]",
      exitCode: 69,
    });
  });

  it("prints JSON for machines", () => {
    const error = new VitrineError("DEFECT_FOUND", "Two documents differ.", { details: { count: 2 } });
    const { text, exitCode } = toFailureReport(error, { json: true, cancelled: false });
    expect(JSON.parse(text ?? "")).toEqual({
      error: { code: "DEFECT_FOUND", message: "Two documents differ.", details: { count: 2 } },
    });
    expect(exitCode).toBe(1);
  });

  it("shows the stack of a fault of ours only", () => {
    expect(toFailureReport(new TypeError("oops"), plain)).toMatchObject({ exitCode: 70 });
    expect(toFailureReport(new TypeError("oops"), plain).text).toMatch(/TypeError: oops\n +at /);
  });

  it("says what is to be done when a table of the engine's is not there, and takes no other for one", () => {
    const of = (errno: number, message: string) =>
      toFailureReport(Object.assign(new Error(message), { errno }), plain);
    expect(of(1146, "Table 'shop.vitrine_state' doesn't exist")).toEqual({
      text: "Table 'shop.vitrine_state' doesn't exist. The engine's tables, and the rights on them, come by `vitrine migrate up`. [MIGRATIONS_PENDING]",
      exitCode: 75,
    });
    expect(of(1142, "INSERT command denied to user 'a'@'b' for table `shop`.`vitrine_state`").exitCode).toBe(
      75,
    );
    expect(of(1146, "Table 'vitrine_shop.sales' doesn't exist").exitCode).toBe(70);
    expect(of(1064, "Table 'shop.vitrine_state' doesn't exist").exitCode).toBe(70);
  });

  it("is cancelled when it failed because it was stopped", () => {
    const report = toFailureReport(new Error("The operation was aborted"), { json: false, cancelled: true });
    expect(report).toEqual({ text: "Stopped. [CANCELLED]", exitCode: 130 });
  });

  it("leaves words to commander, and ends a wrong command line with 2, help with 0", () => {
    expect(toFailureReport(new CommanderError(1, "x", "x"), plain)).toEqual({ text: null, exitCode: 2 });
    expect(toFailureReport(new CommanderError(0, "x", "x"), plain)).toEqual({ text: null, exitCode: 0 });
  });
});

import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addExportOptions, readChangesTo } from "../../../src/commands/export-options.ts";

function read(args: readonly string[]): string | undefined {
  const command = addExportOptions(new Command("export")).exitOverride();
  command.parse([...args], { from: "user" });
  return readChangesTo(command, command.opts());
}

describe("an incremental export", () => {
  test.each([
    ["nothing else", [], undefined],
    ["options of files of one moment", ["--gzip", "--out", "x", "--where", "{}"], undefined],
    ["a destination", ["--incremental", "--to", "s3://a/b"], "s3://a/b"],
    ["its own format", ["--incremental", "--to", "x", "--format", "parquet"], "x"],
  ])("is asked for by its options only: %s", (_what, args, to) => {
    expect(read(args)).toBe(to);
  });

  test.each([
    [["--incremental"], "--incremental needs --to"],
    [["--to", "x"], "--to goes with --incremental"],
    [["--incremental", "--to", "x", "--format", "csv"], "without --format"],
    [["--incremental", "--to", "x", "--where", "{}", "--gzip"], "without --gzip, --where"],
    [["--incremental", "--to", "x", "--as-of", "2024-01-01T00:00:00Z"], "without --as-of"],
    [["--incremental", "--to", "x", "--source", "live"], "without --source"],
  ])("refuses what it would ignore: %j", (args, sentence) => {
    expect(() => read(args)).toThrow(sentence);
  });
});

test("files of one moment go to a folder: an address is refused, and what it says of an account is not told", () => {
  expect(() => read(["--out", "s3://key:hush@bucket/x"])).toThrow(/^--out names a folder(?!.*hush)/);
  expect(read(["--out", "C:\\files"])).toBe(undefined);
});

import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { type OutputStream, openStandardOutput } from "../../../src/commands/standard-output.ts";

/** A stream that takes some writes and then has no reader any more. */
function openPipe(writes: number) {
  const taken: string[] = [];
  let broken = 0;
  let hear: (error: Error) => void = () => undefined;
  const stream: OutputStream = {
    on(_event, listener) {
      hear = listener;
    },
    write(data, done) {
      if (taken.length === writes) {
        // As Node tells it: to who wrote, and as an event.
        const error = new Error("write EPIPE");
        done(error);
        return hear(error);
      }
      taken.push(Buffer.from(data).toString());
      done();
    },
  };
  const output = openStandardOutput(stream, () => {
    broken += 1;
  });
  return { output, taken, timesBroken: () => broken };
}

describe("standard output", () => {
  it("is written once for what is printed in one turn, so that a short answer is there before its reader leaves", async () => {
    const { output, taken } = openPipe(10);
    output.print("a\n");
    output.print(Buffer.from("é\n"));
    await turn();
    output.print("c\n");
    expect(await output.finish()).toBeNull();
    expect(taken).toEqual(["a\né\n", "c\n"]);
  });

  it("stops the work once when it breaks, drops what comes later, and fails the command", async () => {
    const { output, taken, timesBroken } = openPipe(1);
    for (const line of ["a", "b", "c", "d"]) {
      output.print(line);
      await turn();
    }
    expect(taken).toEqual(["a"]);
    expect(timesBroken()).toBe(1);
    expect(await output.finish()).toMatchObject({ code: "OUTPUT_BROKEN", exitCode: 74 });
  });

  it("fails the command when only the last words were not written", async () => {
    const { output } = openPipe(0);
    output.print("the answer");
    expect(await output.finish()).toMatchObject({ code: "OUTPUT_BROKEN" });
  });

  it("does not matter to a server", async () => {
    const { output, timesBroken } = openPipe(0);
    output.outlive();
    output.print("serving");
    expect(await output.finish()).toBeNull();
    expect(timesBroken()).toBe(0);
  });
});

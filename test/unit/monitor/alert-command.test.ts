import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCommand } from "../../../src/monitor/send-alert.ts";

describe("A command of the shell", () => {
  const event = {
    ...({ id: "1", type: "alert.test", timestamp: "2026-11-30T12:00:00.000Z" } as const),
    data: {
      ...{ kind: "test", subject: "it's; rm -rf $HOME", message: "A `test`.", database: "shop" },
      ...{ raisedAt: "2026-11-30T12:00:00.000Z", overAt: null },
    },
  };
  const never = new AbortController().signal;

  test("gets the event on its standard input, whatever is in it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vitrine-alert-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "alert.json");
    expect(await createCommand(`cat > '${file}'`)(event, never)).toEqual({ outcome: "taken" });
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(event);
  });

  test("that fails, or is none, has not taken it", async () => {
    expect(await createCommand("echo no room >&2; exit 3")(event, never)).toEqual({
      outcome: "away",
      reason: "it ended with 3: no room",
    });
    expect(await createCommand("no-such-command-here")(event, never)).toMatchObject({
      outcome: "away",
      reason: expect.stringContaining("it ended with 127"),
    });
  });

  test("that hangs is ended, with all that it started", async () => {
    const started = performance.now();
    expect(await createCommand("sleep 30 & sleep 30", 300)(event, never)).toEqual({
      outcome: "away",
      reason: "it took too long, or was killed: ",
    });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("that leaves a daemon behind has ended all the same", async () => {
    const started = performance.now();
    const tell = createCommand("setsid sleep 20 & echo done >&2; exit 0", 300);
    expect(await tell(event, never)).toEqual({ outcome: "taken" });
    const failing = createCommand("setsid sleep 20 & echo no room >&2; exit 3");
    expect(await failing(event, never)).toEqual({
      ...{ outcome: "away", reason: "it ended with 3: no room" },
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("that hangs is ended at once for who has stopped already", async () => {
    const started = performance.now();
    expect(await createCommand("sleep 20", 60_000)(event, AbortSignal.abort())).toMatchObject({
      outcome: "away",
    });
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

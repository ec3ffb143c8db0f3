import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where Debian's package `faketime` has its library; null without it. */
export function findFakeClock(): string | null {
  const found = readdirSync("/usr/lib")
    .map((name) => join("/usr/lib", name, "faketime", "libfaketimeMT.so.1"))
    .find((file) => existsSync(file));
  return found ?? null;
}

/**
 * The environment of a process whose clock is wrong, by `+1h` or `-30m`; how long things take stays as it is.
 * @throws without the library
 */
export function withClock(
  env: Readonly<Record<string, string | undefined>>,
  offset: string,
): Readonly<Record<string, string | undefined>> {
  const library = findFakeClock();
  if (library === null) throw new Error("faketime is not installed here.");
  return { ...env, LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}

import { homedir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { findOnPath, secantusdVersion } from "./find-programs.ts";
import type { InstallOptions } from "./install-programs.ts";
import { runProgram } from "./run-program.ts";

/**
 * Builds the stand-in for MongoDB from crates.io into the user's cache: about 3½ minutes on two cores.
 * Returns why it could not; null when it could.
 */
export async function buildSecantusd(
  config: Pick<Config, "searchPath" | "cacheDir">,
  { env, progress, say, signal }: InstallOptions,
): Promise<string | null> {
  const cargo = findOnPath("cargo", `${config.searchPath}:${join(homedir(), ".cargo", "bin")}`);
  if (cargo === null) return "secantusd-rs is not built: there is no cargo";
  say(`MongoDB: building secantusd-rs ${secantusdVersion} once for this user, a few minutes`);
  const step = progress.start("Building secantusd-rs");
  try {
    await runProgram(
      cargo,
      [
        ...[
          "install",
          "secantus-mdb",
          "--version",
          `=${secantusdVersion}`,
          "--locked",
          "--ignore-rust-version",
        ],
        ...["--root", join(config.cacheDir, `secantusd-${secantusdVersion}`)],
      ],
      {
        env: {
          ...env,
          // Without link-time optimisation it is as fast, and ready a minute earlier (measured).
          CARGO_PROFILE_RELEASE_LTO: "off",
          CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
          // Else cargo counts only on a terminal.
          CARGO_TERM_PROGRESS_WHEN: "always",
          CARGO_TERM_PROGRESS_WIDTH: "80",
          CARGO_TERM_COLOR: "never",
        },
        signal,
        onOutput: (text) => {
          const [, done, total] = [...text.matchAll(/\] (\d+)\/(\d+)/g)].at(-1) ?? [];
          if (done && total) step.update(Number(done), Number(total));
        },
      },
    );
    return null;
  } catch (error) {
    return `secantusd-rs could not be built (it needs a C compiler and cmake). ${error instanceof Error ? error.message : error}`;
  } finally {
    step.end();
  }
}

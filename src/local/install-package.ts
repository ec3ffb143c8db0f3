import { VitrineError } from "../errors.ts";
import { runProgram } from "./run-program.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** How this user may install Debian packages: the words before `apt-get`; null when it may not. */
export async function findAptPrefix(env: Env): Promise<readonly string[] | null> {
  const prefix = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const [program = "", ...args] = [...prefix, "apt-get", "--version"];
  return runProgram(program, args, { env }).then(
    () => prefix,
    () => null,
  );
}

/** Version that `apt-get` would install, after a fresh look at the package lists; null when there is none. */
export async function readAptCandidate(
  name: string,
  prefix: readonly string[],
  env: Env,
): Promise<string | null> {
  const look = async () => {
    const policy = await runProgram("apt-cache", ["policy", name], { env }).catch(() => "");
    const candidate = /Candidate: (?:\d+:)?(\S+)/.exec(policy)?.[1];
    return candidate && candidate !== "(none)" ? candidate : null;
  };
  await apt(["update"], prefix, env).catch(() => {}); // without network the old lists may do
  return look();
}

/** Installs packages without their recommendations, so that no service is started. */
export const installPackages = (names: readonly string[], prefix: readonly string[], env: Env) =>
  apt(["install", "-y", "--no-install-recommends", ...names], prefix, env);

async function apt(args: readonly string[], prefix: readonly string[], env: Env): Promise<void> {
  const words = [
    ...prefix,
    "env",
    "DEBIAN_FRONTEND=noninteractive",
    "apt-get",
    "-o",
    "DPkg::Lock::Timeout=120",
  ];
  const [program, ...rest] = [...words, ...args];
  if (!program) throw new VitrineError("INTERNAL", "No program to run.");
  await runProgram(program, rest, { env });
}

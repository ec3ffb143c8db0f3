// What is built into `dist`, and whether that is current. Every command asks it first, so it costs milliseconds.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the package, with a slash at its end. */
export const root = fileURLToPath(new URL("../", import.meta.url));

const common = ["bin/build.mjs", "package.json", "package-lock.json"];

/** The parts of `dist`: what each is made of, and the file that tells what it was made of last. */
export const parts = {
  commands: {
    title: "commands",
    stamp: "dist/commands.json",
    sources: () => [...common, "vitrine.config.ts", ...list("src/").filter((file) => !isWeb(file))],
  },
  web: {
    title: "pages for browsers",
    stamp: "dist/web.json",
    sources: () => [...common, ...list("src/web/")],
  },
};

const isWeb = (file) => file.startsWith("src/web/");

/** Whether a part was built from the sources as they are. Without any sources, as in an image, what is there is. */
export function isCurrent({ stamp, sources }) {
  if (!existsSync(root + stamp)) return false;
  if (!existsSync(`${root}src`)) return true;
  const { files } = JSON.parse(readFileSync(root + stamp, "utf8"));
  const names = sources();
  // A file that was only touched, as by `git checkout`, is compared by its contents.
  const isSame = (name) => {
    const then = files[name];
    if (!then) return false;
    const { size, mtimeMs } = statSync(root + name);
    return then.size === size && (then.mtimeMs === mtimeMs || then.hash === hash(name));
  };
  return names.length === Object.keys(files).length && names.every(isSame);
}

/** What a part is built from now, for its stamp. */
export const describeSources = ({ sources }) =>
  Object.fromEntries(
    sources().map((name) => {
      const { size, mtimeMs } = statSync(root + name);
      return [name, { size, mtimeMs, hash: hash(name) }];
    }),
  );

const hash = (name) =>
  createHash("sha256")
    .update(readFileSync(root + name))
    .digest("base64url");

/** Names of all files below a folder, from the package's folder on. */
function list(folder) {
  if (!existsSync(root + folder)) return [];
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? list(`${folder}${entry.name}/`) : [folder + entry.name],
  );
}

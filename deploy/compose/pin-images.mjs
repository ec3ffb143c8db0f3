#!/usr/bin/env node
// Asks the registries which images the tags of docker-compose.yml and of the Dockerfile mean today, and writes them by digest
// into images.env beside this file (or the file that is named): what was tried is then what runs, on any platform.
//   docker compose --env-file deploy/compose/images.env --profile single up --build
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const read = (file) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const file = resolve(process.argv[2] ?? fileURLToPath(new URL("images.env", import.meta.url)));

const images = new Map(
  [...read("docker-compose.yml").matchAll(/\$\{(\w+_IMAGE):-([^}]+)\}/g)].map(([, name, image]) => [
    name,
    image,
  ]),
);
const lines = [...images].sort().map(([name, image]) => {
  // The digest of the list over all platforms.
  const command = ["buildx", "imagetools", "inspect", image, "--format", "{{.Manifest.Digest}}"];
  const digest = execFileSync("docker", command, { encoding: "utf8" }).trim();
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${image}: ${digest} is no digest.`);
  return `${name}=${image}@${digest}`;
});
writeFileSync(file, `${lines.join("\n")}\n`);
console.log(`Wrote ${file}.`);

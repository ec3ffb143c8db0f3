import { readFileSync } from "node:fs";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url);

/** A service as docker-compose.yml has it, after its anchors. */
export interface ComposeService {
  readonly profiles: readonly string[];
  readonly hostname?: string;
  readonly networks: readonly string[] | { readonly stack: { readonly aliases: readonly string[] } };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string })[];
  readonly security_opt?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** docker-compose.yml; that it has this shape is what tests of it check. */
export const readCompose = (): Compose =>
  parse(readFileSync(new URL("docker-compose.yml", root), "utf8"), { merge: true, maxAliasCount: -1 });

/** With compose's defaults, as when nobody sets a variable. */
export const withDefaults = (environment: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1")]),
  );

/** The variables that the image sets itself. */
export const imageEnvironment: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...(/^ENV (.*)$/m.exec(readFileSync(new URL("Dockerfile", root), "utf8"))?.[1] ?? "").matchAll(
      /(\w+)=(\S+)/g,
    ),
  ].map(([, name, value]) => [`${name}`, `${value}`]),
);

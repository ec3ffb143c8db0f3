import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

/** Folder of everything for Kubernetes. */
export const manifestsDir = "deploy/kubernetes";

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe & { readonly periodSeconds: number };
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly securityContext?: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}
export interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly securityContext: object;
    readonly automountServiceAccountToken: boolean;
    readonly terminationGracePeriodSeconds?: number;
    readonly volumes: readonly {
      readonly name: string;
      readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string }[] };
    }[];
  };
}
/** An object of Kubernetes as its file has it; that it has this shape is what tests of it check. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // Of any kind.
  // biome-ignore lint/suspicious/noExplicitAny: each kind has another one
  readonly spec: any;
}
export interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly literals: readonly string[] }[];
  readonly secretGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
}

const read = (path: string) => readFileSync(join(manifestsDir, path), "utf8");

/** A folder's kustomization.yaml. */
export const readKustomization = (folder: string): Kustomization =>
  parse(read(`${folder}/kustomization.yaml`));

/** Files of a folder beside its kustomization.yaml. */
export const listManifests = (folder: string): readonly string[] =>
  readdirSync(join(manifestsDir, folder)).filter(
    (name) => name.endsWith(".yaml") && name !== "kustomization.yaml",
  );

/** Every object of a folder. */
export const readManifests = (folder: string): readonly Manifest[] =>
  listManifests(folder).flatMap((name) =>
    parseAllDocuments(read(`${folder}/${name}`)).map((document) => document.toJS() as Manifest),
  );

/** The pods that an object makes; none for what makes none. */
export const podsOf = ({ kind, spec }: Manifest): readonly Pod[] =>
  kind === "CronJob" ? [spec.jobTemplate.spec.template] : spec?.template ? [spec.template] : [];

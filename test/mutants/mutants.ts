import type { Mutant } from "./mutant.ts";
import { aroundMutants } from "./table/around.ts";
import { boundedMutants } from "./table/bounded.ts";
import { captureMutants } from "./table/capture.ts";
import { derivedMutants } from "./table/derived.ts";
import { edgeMutants } from "./table/edges.ts";
import { gapMutants } from "./table/gaps.ts";
import { historyMutants } from "./table/history.ts";
import { mariadbMutants } from "./table/mariadb.ts";
import { mongodbMutants } from "./table/mongodb.ts";
import { nameMutants } from "./table/names.ts";
import { olderCopyMutants } from "./table/older-copy.ts";
import { paceMutants } from "./table/pace.ts";
import { protocolMutants } from "./table/protocol.ts";
import { questionMutants } from "./table/questions.ts";
import { recoveryMutants } from "./table/recovery.ts";
import { rulesMutants } from "./table/rules.ts";
import { shapeMutants } from "./table/shapes.ts";
import { silenceMutants } from "./table/silence.ts";
import { toolMutants } from "./table/tools.ts";
import { valueMutants } from "./table/values.ts";
import { verifyMutants } from "./table/verify.ts";

/** Every trap that is put back. */
export const mutants: readonly Mutant[] = [
  ...protocolMutants,
  ...recoveryMutants,
  ...olderCopyMutants,
  ...paceMutants,
  ...verifyMutants,
  ...shapeMutants,
  ...captureMutants,
  ...derivedMutants,
  ...mongodbMutants,
  ...mariadbMutants,
  ...gapMutants,
  ...rulesMutants,
  ...aroundMutants,
  ...edgeMutants,
  ...questionMutants,
  ...historyMutants,
  ...silenceMutants,
  ...valueMutants,
  ...toolMutants,
  ...boundedMutants,
  ...nameMutants,
];

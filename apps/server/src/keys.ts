// The door for programs that sign: where a data folder keeps its keys, and how a key file is read. It loads no engine, no journal and no server.
export { dataFolder, type DataFolder } from "./node/data-folder.ts";
export { KeyProblem } from "./keys/key-problem.ts";
export { readKeyFile, writeKeyFile } from "./keys/key-file.ts";
export { PrivateKey } from "./keys/private-key.ts";
export { hasher } from "./hasher.ts";
export { ageIdentities } from "./keys/age-identity.ts";
export { decryptAge, encryptAge, encryptAgeArmored, isAgeFile, recipientsOf } from "./keys/age.ts";

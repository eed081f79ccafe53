import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { SCHEMAS, type SchemaName } from "../schema/schemas.ts";

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
});
ajv.addVocabulary(["components"]);
ajv.addSchema({ $id: "swoosh", components: { schemas: SCHEMAS } });

/** Validator of one schema of the wire; every reference is resolved when it is made. */
export function validatorOf(name: SchemaName): ValidateFunction {
  const validate = ajv.getSchema(`swoosh#/components/schemas/${name}`);
  if (validate === undefined) throw new Error(`no schema ${name}`);
  return validate;
}

/** What is wrong with a value, by place; empty where it fits. */
export function problemsOf(name: SchemaName, value: unknown): readonly string[] {
  const validate = validatorOf(name);
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

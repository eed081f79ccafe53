import { assert, bytesOfBase64 } from "@swoosh/kernel/values";

/** The bytes of a built module, from its base64 `text`; asserts that it is base64. */
export function bytesOfKernel(text: string): Uint8Array {
  const bytes = bytesOfBase64(text);
  assert(bytes !== undefined, "the built module is base64");
  return bytes;
}

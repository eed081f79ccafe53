import type { Json } from "../json/json.ts";
import { unsafeInteger } from "../json/number.ts";
import { quote } from "../json/quote.ts";

export type PlainScalar =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly problem: string };

/** YAML 1.2.2 §10.3.2, the core schema's tag resolution; a plain scalar that is none of these is a string. */
const NULL = /^(?:~|null|Null|NULL|)$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const CORE_NUMBER =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** Numbers of YAML 1.1, which 1.2 reads as strings: nobody who writes them means that. */
const OLD_NUMBER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*[0-9](?:\.[0-9_]*)?)$/;
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const MAY_BE_SPECIAL = /^[-+.~0-9nNtTfF]|^$/;

/** The value of an unquoted scalar. Of numbers only integers in plain digits are let in, the same as in JSON. */
export function readPlainScalar(source: string): PlainScalar {
  if (!MAY_BE_SPECIAL.test(source)) return { ok: true, value: source };
  if (INTEGER.test(source)) return readInteger(source);
  if (NULL.test(source)) return { ok: true, value: null };
  if (TRUE.test(source)) return { ok: true, value: true };
  if (FALSE.test(source)) return { ok: true, value: false };
  if (CORE_NUMBER.test(source) || OLD_NUMBER.test(source)) return refuse(source);
  return { ok: true, value: source };
}

function readInteger(source: string): PlainScalar {
  if (source === "-0") return { ok: false, problem: "-0 is refused; write 0" };
  const value = Number(source);
  return Number.isSafeInteger(value)
    ? { ok: true, value }
    : { ok: false, problem: unsafeInteger(source) };
}

function refuse(source: string): PlainScalar {
  const shown = quote(source).slice(1, -1);
  return {
    ok: false,
    problem: `${shown} is a number, but not an integer in plain digits; write it so, or put text in quotes`,
  };
}

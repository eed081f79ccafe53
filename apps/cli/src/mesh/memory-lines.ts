import { passagesOf } from "@swoosh/mesh";
import type { FoundMemory, KeptMemory } from "@swoosh/protocol";
import { existsSync } from "node:fs";
import type { ConsolePort } from "../console-port.ts";
import { plainText } from "../plain-text.ts";
import { readText } from "../read-text.ts";

export const NOTHING_FOUND =
  "swoosh: nothing is remembered that this embedder has seen; put something in with swoosh mesh remember\n";
export const WORDS_ALONE = "likeness is of words, not of meaning";

/** What is to be remembered, and where it came from; where there are no words, that is told. */
export function readPassages(
  port: ConsolePort,
  what: string,
): { readonly passages: readonly string[]; readonly source: string } {
  const isFile = what === "-" || existsSync(what);
  const passages = passagesOf(isFile ? readText(what) : what);
  if (passages.length === 0) port.err("swoosh: there are no words in it; nothing was remembered\n");
  return { passages, source: isFile && what !== "-" ? what : "" };
}

/** One line for a memory that was put in. */
export function keptLine({ cell, hash, hops }: KeptMemory, text: string, json: boolean): string {
  if (json) return `${JSON.stringify({ remembered: hash, cell, hops })}\n`;
  return `${shortOf(hash)}  ${placeOf(cell, hops)}  ${plainText(firstWords(text))}\n`;
}

/** One line for a memory that was found. */
export function foundLine(found: FoundMemory, json: boolean): string {
  const { cell, hash, hops, likeness_permille: permille, source, text, tier } = found;
  const likeness = permille / 1_000;
  if (json) return `${JSON.stringify({ hash, likeness, tier, cell, hops, source, text })}\n`;
  const where = tier === 2 ? placeOf(cell, hops) : tier === 1 ? "at hand" : "from disk";
  return `${likeness.toFixed(2)}  ${where}  ${plainText(text)}\n`;
}

function shortOf(hash: string): string {
  return hash.slice(7, 19);
}

function placeOf(cell: number, hops: number): string {
  return cell < 0
    ? "on disk, no cell lives"
    : `cell ${cell} after ${hops} hop${hops === 1 ? "" : "s"}`;
}

function firstWords(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

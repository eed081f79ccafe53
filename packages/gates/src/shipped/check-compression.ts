import type { Finding } from "./finding.ts";

/** Event log against full-state dumps: how many times smaller it is. `permille` 2000: at least twice. */
export function checkCompression(given: {
  readonly baselineBytes: number;
  readonly compressedBytes: number;
  readonly baselineFiles: number;
  readonly compressedFiles: number;
  readonly permilleMin: number;
}): readonly Finding[] {
  const { baselineBytes, compressedBytes, baselineFiles, compressedFiles, permilleMin } = given;
  const finding = (message: string): Finding => ({ file: "event log", line: null, message });
  if (baselineFiles === 0 || baselineBytes === 0)
    return [finding("there is no full-state dump to compare with")];
  if (compressedFiles === 0 || compressedBytes === 0)
    return [finding("there is no event log: nothing was written, so nothing was saved")];
  const permille = Math.floor((baselineBytes * 1_000) / compressedBytes);
  if (permille >= permilleMin) return [];
  return [
    finding(
      `${compressedBytes} bytes of events against ${baselineBytes} bytes of dumps: ${show(permille)} times smaller, at least ${show(permilleMin)} is needed`,
    ),
  ];
}

function show(permille: number): string {
  return `${Math.floor(permille / 1_000)}.${String(permille % 1_000).padStart(3, "0")}`;
}

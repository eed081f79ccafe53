import type { RunningNode } from "../node/open-node.ts";
import type { ProposeHere } from "./propose-as.ts";

const YEAR_MS = 31_536_000_000;

/** Bar of the built-in pulse: what each beat of it is for. The first is the downbeat. */
const BAR = ["plan", "plan", "execute", "execute", "execute", "execute", "review", "review"];

export interface PulseOptions {
  readonly node: RunningNode;
  readonly propose: ProposeHere;
  readonly beatsPerMinute: number;
}

/** A pulse inside the server: BeatFrames as BACKBEAT gives them, with its own cluster. Goes on where the log's beat stands. */
export function startPulse({ beatsPerMinute, node, propose }: PulseOptions): () => void {
  const beatMs = Math.trunc(60_000 / beatsPerMinute);
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  const beat = async (): Promise<void> => {
    if (isStopped) return;
    const began = node.clock.now();
    const last = Number(node.engine.state.head("beat/main")?.document.context["beat_index"] ?? 0);
    const index = last + 1;
    const place = (index - 1) % BAR.length;
    await propose("beat/main", "Beat_Observed", {
      beat_index: index,
      cluster: "embedded",
      deadline_at: began + beatMs + Math.trunc(beatMs / 2),
      downbeat: place === 0,
      phase: BAR[place] ?? "plan",
      source: "pulse",
      tempo_mbpm: beatsPerMinute * 1_000,
      window_id: `backbeat:pulse-${Math.trunc((index - 1) / BAR.length)}`,
    });
    timer = setTimeout(() => void beat(), Math.max(1, beatMs - (node.clock.now() - began)));
  };
  void beat();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

/** A local licence for this installation, where the log has none. */
export async function grantLocalLicence(node: RunningNode, propose: ProposeHere): Promise<void> {
  if (node.engine.state.head("license/main") !== undefined) return;
  const now = node.clock.now();
  await propose("license/main", "License_Granted", {
    grace_ms: 86_400_000,
    observed_at: now,
    source: "local",
    subject: "local",
    valid_until: now + YEAR_MS,
  });
}

import { createTree, leafHash } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";

/** What happened in a seed, line by line. The same seed tells the same story, byte for byte. */
export class Story {
  readonly lines: string[] = [];

  tell(line: string): void {
    this.lines.push(line);
  }

  /** Merkle root over the lines: two runs are equal where these are. */
  get root(): string {
    const tree = createTree(nodeHasher);
    for (const line of this.lines) tree.append(leafHash(nodeHasher, line));
    return tree.root();
  }
}

import { JournalError } from "@swoosh/kernel";

/** Where durable bytes are not what they were. */
export interface CorruptPlace {
  /** Path of the file. */
  readonly file: string;
  /** Bytes from its beginning. */
  readonly offset: number;
  /** Of the first record that cannot be read, or null where no record is concerned. */
  readonly index: number | null;
}

/** Durable bytes that may have been acknowledged cannot be read: nothing is cut, nothing was changed. */
export class CorruptJournal extends JournalError implements CorruptPlace {
  readonly file: string;
  readonly offset: number;
  readonly index: number | null;

  constructor(place: CorruptPlace, problem: string) {
    const record = place.index === null ? "" : `, record ${place.index}`;
    super(
      "corrupt",
      `${place.file}, offset ${place.offset}${record}: ${problem}. The journal stays closed and nothing was changed. ` +
        "Choices: put back this file from a copy of the same journal (a backup, a follower); " +
        "or restore the whole folder from the last backup, and give up what came after it",
    );
    this.file = place.file;
    this.offset = place.offset;
    this.index = place.index;
  }
}

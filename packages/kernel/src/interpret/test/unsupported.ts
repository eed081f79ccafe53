/** Something of SCXML that the chart dialect has not, on purpose. The message is the reason. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";

  constructor(reason: string) {
    super(reason.replaceAll(/\s+/g, " ").trim());
  }
}

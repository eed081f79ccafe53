/** Why an agent does not do what it was asked: `code` goes to the controller, the message to people. */
export class WorkProblem extends Error {
  override readonly name = "WorkProblem";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

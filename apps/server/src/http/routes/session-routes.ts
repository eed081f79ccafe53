import { parseStrictJson } from "@swoosh/kernel";
import { BODY_BYTES_MAX, wireProblem } from "@swoosh/protocol";
import { given, refused } from "../../read/reading.ts";
import type { HttpApp } from "../http-app.ts";
import { jsonOf, mount, sentAs } from "../mount.ts";
import type { ReadDoors } from "../read-doors.ts";

/** `GET /session` and `POST /session`: a challenge, and a token for its answer. */
export function addSessionRoutes(app: HttpApp, { sessions }: ReadDoors): void {
  mount(app, "askChallenge", {
    sessions,
    handler: ({ query }) => given(jsonOf(sessions.challenge(query.text("signer") ?? ""))),
  });
  mount(app, "openSession", {
    sessions,
    handler: async ({ request }) => {
      const { body } = request;
      if (typeof body !== "string")
        return refused("malformed", "the body is empty; send {challenge, signature, signer}");
      const answer = answerIn(body);
      if (typeof answer === "string") return refused("malformed", answer);
      return sentAs(await sessions.open(answer), jsonOf);
    },
  });
}

interface ChallengeAnswer {
  readonly challenge: string;
  readonly signature: string;
  readonly signer: string;
}

/** What the body says, or what is wrong with it. */
function answerIn(body: string): ChallengeAnswer | string {
  const parsed = parseStrictJson(body, { place: "body", bytesMax: BODY_BYTES_MAX });
  if (!parsed.ok) return `${parsed.place}: ${parsed.problem}`;
  const problem = wireProblem("SessionRequest", parsed.value);
  if (problem !== undefined) return problem;
  const answer: ChallengeAnswer = JSON.parse(body);
  return answer;
}

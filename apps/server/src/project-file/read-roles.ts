import type { FileReading, Place } from "@swoosh/gates";
import { CORE_ROLES_MAX, ROLE_LENGTH_MAX, ROLES_MAX, SEATS_MAX } from "./limits.ts";
import type { ProjectRole } from "./project-plan.ts";
import { nameIn, notMoreThan } from "./read-words.ts";

/** The roles as the file has them; none: the defaults hold. Where no role says `core`, the first one is. */
export function readRoles(reading: FileReading, root: Place): readonly ProjectRole[] {
  const places = reading.maps(root, "roles");
  const someSaysCore = places.some(({ value }) => value["core"] !== undefined);
  const roles = places.map((place, at): ProjectRole => {
    reading.knows(place, ["name", "core", "seats"]);
    const core = reading.boolean(place, "core") ?? (!someSaysCore && at === 0);
    const seats = reading.integer(place, "seats", { least: 1, most: SEATS_MAX }) ?? 1;
    return { name: nameIn(reading, place, "name", ROLE_LENGTH_MAX), core, seats };
  });
  notMoreThan(reading, root, "roles", ROLES_MAX);
  const cores = roles.filter(({ core }) => core).length;
  if (cores > CORE_ROLES_MAX)
    reading.error("too_many", ["roles"], `${cores} roles are core; at most ${CORE_ROLES_MAX}`);
  const seats = roles.reduce((sum, role) => sum + role.seats, 0);
  if (seats > SEATS_MAX)
    reading.error(
      "too_many",
      ["roles"],
      `the roles have ${seats} seats together; at most ${SEATS_MAX}`,
    );
  return roles;
}

import type { Finding } from "@swoosh/server";

/** Whether agents on this host can keep their tasks from everything but their checkouts. */
export async function checkTasks(): Promise<Finding> {
  const { findConfinement } = await import("@swoosh/agent");
  const found = await findConfinement();
  const check = "tasks";
  if (!("why" in found)) {
    const how = found.mode === "root" ? "of our own" : "within a namespace of users";
    const says = `agents here confine tasks to their checkouts, by namespaces ${how}`;
    return { check, verdict: "ok", says, next: null, isDamage: false };
  }
  const says = `agents here cannot confine tasks: these can write and read all that the agent's user can (${found.why})`;
  const next =
    "allow namespaces of users and mounts (Linux with unshare, mount and setpriv of util-linux), or give agents a user or a machine of their own";
  return { check, verdict: "warn", says, next, isDamage: false };
}

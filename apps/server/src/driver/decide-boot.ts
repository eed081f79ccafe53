import { asReason, projectStep } from "./steps.ts";
import type { Step, View } from "./view.ts";

/** Licence rows: out of LICENSE_CHECK, and between FULL, GRACE and STOPPED. */
export function decideBoot(view: View): readonly Step[] {
  const { licence, now, project } = view;
  if (licence === undefined) return [];
  const isValid = licence.isGranted && licence.valid_until > now;
  if (project.in("Lifecycle.BOOT.LICENSE_CHECK")) {
    if (isValid) return [projectStep(view, "Boot_Licensed")];
    const reason = asReason(licence.reason);
    if (licence.isDenied && project.context.boot.reason !== reason)
      return [projectStep(view, "Boot_LicenseDenied", { reason })];
    return [];
  }
  if (project.in("Service.STOPPED") || project.in("Service.GRACE")) {
    if (isValid) return [projectStep(view, "Service_Restore")];
  }
  if (project.in("Service.FULL") || project.in("Service.GRACE")) {
    if (licence.stop_at <= now) return [projectStep(view, "Service_Stop")];
  }
  if (project.in("Service.FULL") && licence.valid_until <= now)
    return [projectStep(view, "Service_Grace")];
  return [];
}

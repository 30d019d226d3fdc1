import type { HealthIssue, HealthState } from "../../tasks/health.ts";
import { cellWidth } from "../../text/cut.ts";
import { escapeControls } from "../../text/escape.ts";
import { mark } from "../../text/mark.ts";
import type { Colors, Text } from "../../text/text.ts";

/** The word for how a project is, in its colour. */
export function paintHealth(health: HealthState, colors: Colors): string {
  return { HEALTHY: colors.green, ATTENTION: colors.yellow, DEGRADED: colors.red }[health](health);
}

/** Each issue with its command: on one line where both have room, else on two; a command is never cut. */
export function issueLines(
  issues: readonly { readonly state: string; readonly message: string; readonly command: string }[],
  { colors, columns }: Text,
): string[] {
  return issues.flatMap(({ state, message, command }) => {
    const said = escapeControls(message);
    const start = `  ${mark(state === ("DEGRADED" satisfies HealthIssue["state"]) ? "fail" : "warn", colors)} ${said}`;
    const whole = cellWidth(`  x ${said} → ${command}`) <= columns;
    return whole ? [`${start} → ${colors.bold(command)}`] : [start, `    ${colors.bold(command)}`];
  });
}

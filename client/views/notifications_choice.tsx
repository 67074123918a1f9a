import { type Notifying, notifying, wantNotices } from "../notifying.ts";

const HINTS: Record<Notifying, string> = {
  on: "You are told while you look elsewhere. Muted rooms stay silent.",
  off: "Your browser will ask whether it may show them.",
  blocked:
    "Your browser blocks notifications from this site. Allow them in its settings for this " +
    "site, beside the address, and come back here.",
  impossible: "Browsers show notifications only for sites that are opened by https.",
};

/** Whether the browser tells of private messages and mentions. */
export function NotificationsChoice() {
  const state = notifying.value;
  return (
    <fieldset class="choices">
      <legend>Notifications</legend>
      <label>
        <input
          type="checkbox"
          checked={state === "on"}
          disabled={state === "blocked" || state === "impossible"}
          aria-describedby="notifications-hint"
          onChange={async (event) => {
            const field = event.currentTarget;
            await wantNotices(field.checked);
            // What was asked for may have been refused.
            field.checked = notifying.value === "on";
          }}
        />
        Private messages and mentions
      </label>
      <p class="hint" id="notifications-hint">{HINTS[state]}</p>
    </fieldset>
  );
}

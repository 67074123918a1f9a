import { useSignal } from "@preact/signals";
import { isOfApplication } from "../../server/protocol.ts";
import { chooseTheme, type Theme, theme } from "../theme.ts";
import { rename, signOut } from "../sign_in_changes.ts";
import { chooseTimeFormat, type TimeFormat, timeFormat } from "../times.ts";
import type { DialogProps } from "./dialogs.ts";
import { Dialog } from "./dialog.tsx";
import { NameForm } from "./name_form.tsx";
import { NotificationsChoice } from "./notifications_choice.tsx";

const THEMES: [Theme, string][] = [
  ["system", "Same as the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

const TIME_FORMATS: [TimeFormat, string][] = [
  ["auto", "As usual where you are"],
  ["12", "2:30 PM"],
  ["24", "14:30"],
];

/** Name, theme, how times are written, and the way out. */
export function SettingsDialog({ chat, close }: DialogProps) {
  const isSaved = useSignal(false);
  const user = chat.user.value;
  // Signed out meanwhile, from another tab perhaps.
  if (!user) return null;
  return (
    <Dialog title="Settings" close={close}>
      {isOfApplication(user)
        ? (
          <p>
            You are{" "}
            <strong>{user.name}</strong>. The name comes from the application that signed you in.
          </p>
        )
        : (
          <NameForm
            label="Your name"
            button="Save"
            name={user.name}
            submit={async (name) => {
              await rename(chat, name);
              isSaved.value = true;
            }}
          />
        )}
      <p class="hint" role="status">{isSaved.value && "Saved. New messages carry the new name."}</p>
      <fieldset class="choices">
        <legend>Theme</legend>
        {THEMES.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === value}
              onChange={() => chooseTheme(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <fieldset class="choices">
        <legend>Times</legend>
        {TIME_FORMATS.map(([value, label]) => (
          <label key={value}>
            <input
              type="radio"
              name="time"
              checked={timeFormat.value === value}
              onChange={() => chooseTimeFormat(value)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <NotificationsChoice />
      <SignOut chat={chat} close={close} />
    </Dialog>
  );
}

function SignOut({ chat, close }: Pick<DialogProps, "chat" | "close">) {
  const problem = useSignal<string | undefined>(undefined);
  const keepsUnsent = useSignal(true);
  const unsent = chat.outbox.value?.size ?? 0;
  const comesBack = isOfApplication(chat.user.value!);
  const leave = () =>
    signOut(chat, { keepsUnsent: keepsUnsent.value }).then(close, (error: Error) => {
      problem.value = error.message;
    });
  return (
    <div class="sign-out">
      <p class="hint" id="sign-out-hint">
        This browser then forgets your name, rooms and drafts.{" "}
        {unsent > 0 && (
          <strong class="problem">
            {unsent === 1 ? "1 message has" : `${unsent} messages have`} not been sent yet
            {comesBack ? "." : ` and will be deleted.`}
          </strong>
        )}
      </p>
      <button type="button" class="secondary" aria-describedby="sign-out-hint" onClick={leave}>
        Sign out
      </button>
      {unsent > 0 && comesBack && (
        <label class="choice">
          <input
            type="checkbox"
            checked={keepsUnsent.value}
            onChange={(event) => keepsUnsent.value = event.currentTarget.checked}
          />
          Keep what is not sent in this browser, and send it when you sign in again
        </label>
      )}
      <p class="problem" role="alert">{problem.value}</p>
    </div>
  );
}

import { useSignal } from "@preact/signals";
import { chooseTheme, type Theme, theme } from "../appearance.ts";
import type { DialogProps } from "./dialogs.tsx";
import { Dialog } from "./dialog.tsx";
import { NameForm } from "./name_form.tsx";

const THEMES: [Theme, string][] = [
  ["system", "Same as the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** Name, theme, and the way out. */
export function SettingsDialog({ chat, close }: DialogProps) {
  const isSaved = useSignal(false);
  return (
    <Dialog title="Settings" close={close}>
      <NameForm
        label="Your name"
        button="Save"
        name={chat.user.value?.name ?? ""}
        submit={async (name) => {
          await chat.rename(name);
          isSaved.value = true;
        }}
      />
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
      <SignOut chat={chat} close={close} />
    </Dialog>
  );
}

function SignOut({ chat, close }: Pick<DialogProps, "chat" | "close">) {
  const problem = useSignal<string | undefined>(undefined);
  const signOut = () =>
    chat.signOut().then(close, (error: Error) => {
      problem.value = error.message;
    });
  return (
    <div class="sign-out">
      <p class="hint" id="sign-out-hint">
        This browser then forgets your name, rooms and drafts.{" "}
        {chat.unsent > 0 && (
          <strong class="problem">{inWords(chat.unsent)} not been sent yet.</strong>
        )}
      </p>
      <button type="button" class="secondary" aria-describedby="sign-out-hint" onClick={signOut}>
        Sign out
      </button>
      <p class="problem" role="alert">{problem.value}</p>
    </div>
  );
}

function inWords(unsent: number): string {
  return unsent === 1 ? "1 message has" : `${unsent} messages have`;
}

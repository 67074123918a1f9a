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

/** Name and theme. */
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
    </Dialog>
  );
}

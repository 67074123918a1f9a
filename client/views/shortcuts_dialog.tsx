import type { DialogProps } from "./dialogs.ts";
import { Dialog } from "./dialog.tsx";

const SHORTCUTS: [keys: string[], does: string][] = [
  [["Enter"], "Send the message"],
  [["Shift", "Enter"], "New line"],
  [["↑", "↓"], "Walk the messages, when one has the focus"],
  [["↑"], "Edit your last message, when the field is empty"],
  [["R"], "Reply to the message that has the focus"],
  [["+"], "React to it"],
  [["E"], "Edit it"],
  [["P"], "Pin or unpin it"],
  [["Del"], "Delete it"],
  [["Enter"], "Everything that can be done with it"],
  [["Home", "End"], "First and latest message that is loaded"],
  [["Ctrl", "K"], "Switch to a room or a person"],
  [["Alt", "↑"], "Room above; with ↓, below"],
  [["Alt", "Shift", "↑"], "Unread room above; with ↓, below"],
  [["Esc"], "Back to the message field; close a dialog or panel"],
  [["Tab"], "Next part of the page"],
  [["?"], "Show this list"],
];

export function ShortcutsDialog({ close }: DialogProps) {
  return (
    <Dialog title="Keyboard" close={close}>
      <dl class="shortcuts">
        {SHORTCUTS.map(([keys, does]) => (
          <div key={does}>
            <dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

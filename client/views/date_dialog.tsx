import { goToMessage } from "../route.ts";
import type { DialogProps } from "./dialogs.ts";
import { Dialog } from "./dialog.tsx";

/** Jumps to the first message of a day. */
export function DateDialog({ room, close }: DialogProps) {
  const today = new Date();
  const jump = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const field = new FormData(form).get("date") as string;
    const [year, month, day] = field.split("-").map(Number);
    // The browser gives the focus back to where it was.
    form.closest("dialog")!.close();
    const history = await room!.history();
    const seq = await history?.jumpToTime(new Date(year!, month! - 1, day!).getTime());
    if (seq !== undefined) goToMessage(room!.id, seq);
  };
  return (
    <Dialog title="Jump to a date" close={close}>
      <form class="form" onSubmit={jump}>
        <label class="stack">
          Show messages from
          <input type="date" name="date" required max={isoDay(today)} value={isoDay(today)} />
        </label>
        <button type="submit" class="primary">Jump</button>
      </form>
    </Dialog>
  );
}

/** The calendar day here, as date fields have it. */
function isoDay(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 10);
}

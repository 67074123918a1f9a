import { useSignal } from "@preact/signals";
import { changeOf } from "../room_about.ts";
import { roomsApi } from "../rooms_api.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { useRequest } from "./use_request.ts";

const EDIT_MINUTES: [minutes: number | null, label: string][] = [
  [null, "At any time"],
  [5, "For 5 minutes"],
  [60, "For an hour"],
  [1_440, "For a day"],
];

/** What the owners of a room can set. */
export function RoomSettingsDialog({ chat, room, close }: DialogProps) {
  const about = room!.about.peek();
  const title = useSignal(about.title ?? "");
  const topic = useSignal(about.topic ?? "");
  const minutes = useSignal<number | null>(about.editMinutes ?? null);
  const isArchived = useSignal(about.archived ?? false);
  const { isBusy, problem, run } = useRequest();
  const choices = EDIT_MINUTES.some(([value]) => value === minutes.value)
    ? EDIT_MINUTES
    : [...EDIT_MINUTES, [minutes.value, `For ${minutes.value} minutes`] as const];

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    // Only what is not as it was: everybody is told what has been changed.
    const change = changeOf(about, {
      title: title.value.trim() || null,
      topic: topic.value.trim() || null,
      archived: isArchived.value || null,
      editMinutes: minutes.value,
    });
    const hasChanged = Object.keys(change).length > 0;
    if (!hasChanged || await run(() => roomsApi(chat.ask).change(about.room, change))) close();
  };
  return (
    <Dialog title="Room settings" close={close}>
      <form class="form" onSubmit={save} noValidate>
        <label class="stack">
          Name
          <input
            value={title.value}
            maxLength={128}
            placeholder={about.kind === "public" ? about.room : undefined}
            autocomplete="off"
            onInput={(event) => title.value = event.currentTarget.value}
          />
        </label>
        <label class="stack">
          Topic
          <input
            value={topic.value}
            maxLength={1024}
            autocomplete="off"
            onInput={(event) => topic.value = event.currentTarget.value}
          />
        </label>
        <label class="stack">
          Authors may edit and delete what they said
          <select
            value={String(minutes.value)}
            onChange={({ currentTarget: { value } }) =>
              minutes.value = value === "null" ? null : Number(value)}
          >
            {choices.map(([value, label]) => (
              <option key={label} value={String(value)}>{label}</option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={isArchived.value}
            onChange={(event) => isArchived.value = event.currentTarget.checked}
          />
          Archived: it can be read, but not written in
        </label>
        <p class="problem" role="alert">{problem.value}</p>
        <button type="submit" class="primary" disabled={isBusy.value}>Save</button>
      </form>
    </Dialog>
  );
}

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Invite, type InviteRole, roomsApi } from "../rooms_api.ts";
import { titleOf } from "../room_names.ts";
import { fullTimeOf } from "../times.ts";
import { copyText } from "./copy_text.ts";
import { Dialog } from "./dialog.tsx";
import type { DialogProps } from "./dialogs.ts";
import { useRequest } from "./use_request.ts";

const ROLES: [role: InviteRole, label: string][] = [
  ["member", "Member"],
  ["reader", "Reader"],
  ["moderator", "Moderator"],
];
const HOURS: [hours: number | undefined, label: string][] = [
  [24, "For a day"],
  [168, "For a week"],
  [undefined, "Until it is revoked"],
];

const HINTS: Record<InviteRole, string> = {
  member: "Members read and write.",
  reader: "Readers only read.",
  moderator: "Moderators also let people in and out.",
};

/** Links that let people into a room. */
export function InvitesDialog({ chat, room, close }: DialogProps) {
  const about = room!.about.value;
  const api = roomsApi(chat.ask);
  const invites = useSignal<readonly Invite[] | undefined>(undefined);
  const role = useSignal<InviteRole>("member");
  const hours = useSignal<number | undefined>(168);
  const copied = useSignal<string | undefined>(undefined);
  const { isBusy, problem, run } = useRequest();
  const read = async () => {
    invites.value = await api.invites(about.room);
  };
  useEffect(() => void run(read), []);

  const copy = async (url: string, near: HTMLElement) => {
    if (await copyText(url, near)) copied.value = url;
  };
  const make = (event: SubmitEvent) => {
    event.preventDefault();
    const button = (event.currentTarget as HTMLFormElement).querySelector("button")!;
    return run(async () => {
      const { url } = await api.invite(about.room, role.value, hours.value);
      await read();
      await copy(url, button);
    });
  };
  const roles = about.role === "owner" ? ROLES : ROLES.filter(([value]) => value !== "moderator");
  return (
    <Dialog title={`Invite to ${titleOf(about, undefined)}`} close={close} class="tall">
      <form class="form" onSubmit={make}>
        <p class="hint">Whoever has the link can come in. {HINTS[role.value]}</p>
        <div class="pair">
          <label class="stack">
            As
            <select
              value={role.value}
              onChange={(event) => role.value = event.currentTarget.value as InviteRole}
            >
              {roles.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
            </select>
          </label>
          <label class="stack">
            The link holds
            <select
              value={String(hours.value)}
              onChange={({ currentTarget: { value } }) =>
                hours.value = value === "undefined" ? undefined : Number(value)}
            >
              {HOURS.map(([value, label]) => (
                <option key={label} value={String(value)}>{label}</option>
              ))}
            </select>
          </label>
        </div>
        <button type="submit" class="primary" disabled={isBusy.value}>
          Make a link and copy it
        </button>
      </form>
      <p class="problem" role="alert">{problem.value}</p>
      <p class="hint" role="status">{copied.value && "Copied. Send it to whom you want here."}</p>
      <ul class="invites" aria-label="Links">
        {invites.value?.map((invite) => (
          <InviteRow
            key={invite.token}
            invite={invite}
            copy={copy}
            revoke={(andMembers) =>
              run(async () => {
                await api.revoke(about.room, invite.token, andMembers);
                await read();
              })}
          />
        ))}
      </ul>
    </Dialog>
  );
}

interface InviteRowProps {
  invite: Invite;
  copy: (url: string, near: HTMLElement) => void;
  revoke: (andMembers: boolean) => void;
}

function InviteRow({ invite, copy, revoke }: InviteRowProps) {
  const isAsked = useSignal(false);
  const andMembers = useSignal(false);
  const { role, expires, by, url } = invite;
  return (
    <li>
      <input readOnly value={url} aria-label={`Link for a ${role}`} />
      <p class="hint">
        {role}, {expires === undefined ? "until it is revoked" : `until ${fullTimeOf(expires)}`}, by
        {" "}
        {by.name}
      </p>
      {isAsked.value
        ? (
          <div class="asked">
            <label class="check">
              <input
                type="checkbox"
                checked={andMembers.value}
                onChange={(event) => andMembers.value = event.currentTarget.checked}
              />
              Also remove those who came by it
            </label>
            <button type="button" class="secondary" onClick={() => revoke(andMembers.value)}>
              Revoke the link
            </button>
            <button type="button" class="secondary" onClick={() => isAsked.value = false}>
              Keep it
            </button>
          </div>
        )
        : (
          <div class="asked">
            <button
              type="button"
              class="secondary"
              onClick={(event) => copy(url, event.currentTarget)}
            >
              Copy
            </button>
            <button type="button" class="secondary" onClick={() => isAsked.value = true}>
              Revoke…
            </button>
          </div>
        )}
    </li>
  );
}

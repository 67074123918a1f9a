import UserMinus from "lucide/dist/esm/icons/user-minus.mjs";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Member, RoomRole, User } from "../../server/protocol.ts";
import { mayModerate } from "../room_about.ts";
import { titleOf } from "../room_names.ts";
import { roomsApi } from "../rooms_api.ts";
import { Avatar } from "./avatar.tsx";
import { Dialog } from "./dialog.tsx";
import { type DialogProps, openDialog } from "./dialogs.ts";
import { FixedRows } from "./fixed_rows.tsx";
import { IconButton } from "./icon_button.tsx";
import { usePages } from "./use_pages.ts";
import { usePeople } from "./use_people.ts";
import { useRequest } from "./use_request.ts";

const ROLES: [role: RoomRole, label: string][] = [
  ["owner", "Owner"],
  ["moderator", "Moderator"],
  ["member", "Member"],
  ["reader", "Reader"],
];
/** Milliseconds of quiet after which what has changed meanwhile is read. */
const PAUSE = 500;

/** Who is in a room as what. Moderators let people in and out, owners change roles. */
export function MembersDialog({ chat, room, close }: DialogProps) {
  const about = room!.about.value;
  const api = roomsApi(chat.ask);
  const search = useSignal("");
  const wanted = search.value.trim();
  const count = useSignal(0);
  const { items: shown, problem: unread, isWhole, more, again } = usePages(
    wanted,
    async (search, after, atLeast) => {
      const { members, next, ...page } = await api.members(about.room, search, after, atLeast);
      count.value = page.count;
      return { items: members, next };
    },
  );
  const { problem, run } = useRequest();
  const mayLetIn = mayModerate(about.role);
  // Again whenever somebody comes, goes or changes, but in a large room not with each of them.
  const changes = room!.notices.value.at(-1)?.seq;
  const seen = useRef(changes);
  useEffect(() => {
    if (changes === seen.current) return;
    seen.current = changes;
    const timer = setTimeout(again, PAUSE);
    return () => clearTimeout(timer);
  }, [changes]);
  const change = (request: () => Promise<unknown>) =>
    run(async () => {
      await request();
      await again();
    });

  const found = usePeople(chat, wanted, mayLetIn && wanted !== "");
  // Whoever is a member, but is not shown yet, must not be offered as somebody to add.
  const others = isWhole ? found.filter(({ id }) => !shown.some(({ user }) => user.id === id)) : [];
  return (
    <Dialog title={`Members of ${titleOf(about, undefined)}`} close={close} class="tall">
      <input
        type="search"
        autofocus
        placeholder={mayLetIn ? "Find or add people" : "Find people"}
        aria-label={mayLetIn ? "Find or add people" : "Find people"}
        value={search.value}
        onInput={(event) => search.value = event.currentTarget.value}
      />
      <p class="problem" role="alert">{problem.value ?? unread}</p>
      <p class="hint" role="status">{inWords(count.value)}</p>
      <FixedRows
        label="Members"
        class="member-list"
        rows={shown}
        keyOf={({ user }) => user.id}
        onEnd={more}
        render={(member) => (
          <MemberRow
            member={member}
            isOneself={member.user.id === chat.user.value?.id}
            mine={about.role}
            open={() => openDialog("person", undefined, member.user)}
            setRole={(role) => change(() => api.setRole(about.room, member.user.id, role))}
            remove={() => change(() => api.remove(about.room, member.user.id))}
          />
        )}
      />
      {others.length > 0 && (
        <section aria-label="Not in the room">
          <h3>Not in the room</h3>
          <ul class="member-list">
            {others.slice(0, 5).map((person) => (
              <li key={person.id}>
                <Avatar user={person} small />
                <span class="person-name">{person.name}</span>
                <button
                  type="button"
                  class="secondary small"
                  aria-label={`Add ${person.name}`}
                  onClick={() => change(() => api.setRole(about.room, person.id, "member"))}
                >
                  Add
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {mayLetIn && (
        <button
          type="button"
          class="secondary"
          onClick={() => openDialog("invites", room)}
        >
          Invite by a link
        </button>
      )}
    </Dialog>
  );
}

interface MemberRowProps {
  member: Member;
  isOneself: boolean;
  /** The reader's own role. */
  mine: RoomRole | undefined;
  open: () => void;
  setRole: (role: RoomRole) => void;
  remove: () => void;
}

function MemberRow({ member, isOneself, mine, open, setRole, remove }: MemberRowProps) {
  const { user, role } = member;
  return (
    <>
      <Avatar user={user} small />
      <PersonName user={user} open={open} />
      {isOneself && <span class="badge">you</span>}
      {mine === "owner"
        ? (
          <select
            class="small"
            aria-label={`Role of ${user.name}`}
            value={role}
            onChange={(event) => {
              setRole(event.currentTarget.value as RoomRole);
              // It changes when the server has changed it.
              event.currentTarget.value = role;
            }}
          >
            {ROLES.map(([value, label]) => <option key={value} value={value}>{label}</option>)}
          </select>
        )
        : role !== "member" && <span class="badge">{role}</span>}
      {!isOneself && mayRemove(mine, role) && (
        <IconButton icon={UserMinus} label={`Remove ${user.name}`} onClick={remove} />
      )}
    </>
  );
}

function PersonName({ user, open }: { user: User; open: () => void }) {
  return (
    <button type="button" class="person-name plain" title={user.name} onClick={open}>
      {user.name}
    </button>
  );
}

function mayRemove(mine: RoomRole | undefined, role: RoomRole): boolean {
  return mine === "owner" || mine === "moderator" && (role === "member" || role === "reader");
}

function inWords(count: number): string {
  if (count === 0) return "";
  return count === 1 ? "1 member" : `${count.toLocaleString()} members`;
}

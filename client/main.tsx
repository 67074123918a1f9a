/** Puts the client on the page and listens to the browser. */

import { computed, effect, untracked } from "@preact/signals";
import { options, render } from "preact";
import { followAttention, isAway } from "./attention.ts";
import { messagesAt } from "./messages_at.ts";
import { askAt } from "./request.ts";
import { listenToKeys } from "./keys.ts";
import { Chat } from "./model.ts";
import { browserOutboxStore } from "./outbox_store.ts";
import { followWidth, pane } from "./panes.ts";
import { titleWithSign } from "./room_names.ts";
import { followAddress, isRoom, route } from "./route.ts";
import { sessionAt } from "./session.ts";
import { unreadInWords } from "./unread.ts";
import { onChanged } from "./storage.ts";
import { takeToken } from "./token_link.ts";
import { openSocket } from "./transport_socket.ts";
import { App } from "./views/app.tsx";
import { loadLater, onceLoaded } from "./views/load_later.ts";

/** Milliseconds after which the page is taken for settled. */
const QUIET = 3_000;

/** Set by the bundler: the page reloads by itself when its sources change. */
declare const WATCHING: boolean;

// At most one drawing a frame, however fast messages come, and none in a hidden tab.
options.debounceRendering = requestAnimationFrame;

const { origin } = location;
const chat = new Chat({
  surroundings: {
    openSocket: (joins, handlers) => openSocket(origin, joins, handlers),
    loadStream: async () => (await loadLater())?.streamAt(origin),
    isReachable: () => fetch("/healthz").then(({ ok }) => ok, () => false),
    isOnline: () => navigator.onLine,
    random: Math.random,
  },
  session: sessionAt(origin),
  // Asked for only by what was loaded by then.
  history: async (...asked) => (await loadLater())!.historyAt(origin)(...asked),
  messages: messagesAt(origin),
  ask: askAt(origin),
  outboxStore: browserOutboxStore,
  later: loadLater,
  build: document.querySelector<HTMLMetaElement>('meta[name="parlor-build"]')!.content,
});

addEventListener("online", () => chat.wake());
addEventListener("offline", () => chat.lost());
addEventListener("pageshow", (event) => event.persisted && chat.wake());
addEventListener("pagehide", () => chat.keep());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") chat.wake();
  else chat.keep();
});
// Chromium freezes tabs in the background and wakes them without any other word.
document.addEventListener("resume", () => chat.wake());

onChanged("user", (user) => user === null && chat.identity.signedOut());
const token = takeToken();
// A link of the application that is opened in this very tab.
addEventListener("hashchange", () => {
  const token = takeToken();
  if (token !== undefined) chat.arrive(token);
});
followAddress();
followWidth();
listenToKeys(chat);
followAttention();
const selfId = computed(() => chat.user.value?.id);
effect(() => {
  // Entered here, not while drawing: it changes what is drawn.
  const { room, invite } = route.value;
  if (selfId.value !== undefined && invite === undefined && isRoom(room)) {
    untracked(() => chat.show(room));
  }
});
effect(() => {
  // Whoever goes to a room wants to see it, also where only one pane is seen.
  if (route.value) pane.value = "conversation";
});
effect(() => {
  chat.isAway = isAway.value;
});
// Computed first: a stream of messages changes nothing of it.
const title = computed(() => {
  const { room, invite } = route.value;
  return invite === undefined ? pageTitle(chat, room) : "Invitation · Parlor";
});
effect(() => {
  document.title = title.value;
});
effect(() => {
  if (WATCHING && chat.builds.isOutdated.value) location.reload();
});

/** “(3) #lobby · Parlor” */
function pageTitle(chat: Chat, room: string): string {
  const unread = selfId.value ? chat.list.unread.value : 0;
  const about = chat.list.get(room) ?? { room, kind: "public" };
  if (!isRoom(room)) return "No such room · Parlor";
  const title = `${titleWithSign(about, selfId.value)} · Parlor`;
  return unread > 0 ? `(${unreadInWords(unread)}) ${title}` : title;
}

async function tellOfMisplacedToken(): Promise<void> {
  const later = await loadLater();
  const problem = later?.takeMisplacedToken();
  if (problem !== undefined) chat.identity.notice.value = problem;
}

const root = document.getElementById("app")!;
// Not awaited at the top: what is loaded later imports from this script, and would wait for it.
chat.start(token).then(() => {
  if (location.search.includes("token=")) tellOfMisplacedToken();
  root.replaceChildren();
  render(<App chat={chat} />, root);
  onceLoaded((later) => {
    later.followTheme();
    later.startNotices(chat);
  });
  // What is opened later must open without a server too, and after the server has got a newer build.
  setTimeout(loadLater, QUIET);
});

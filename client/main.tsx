/** Puts the client on the page and listens to the browser. */

import { effect } from "@preact/signals";
import { options, render } from "preact";
import { isPublicRoom } from "../server/protocol.ts";
import { historyAt, messagesAt } from "./history.ts";
import { listenToKeys } from "./keys.ts";
import { Chat } from "./model.ts";
import { browserOutboxStore } from "./outbox_store.ts";
import { followWidth } from "./panes.ts";
import { followAddress, route } from "./route.ts";
import { sessionAt } from "./session.ts";
import { onForgotten } from "./storage.ts";
import { takeToken } from "./token_link.ts";
import { openLater } from "./transport_later.ts";
import { openSocket } from "./transport_socket.ts";
import { App } from "./views/app.tsx";
import { loadLater } from "./views/load_later.ts";

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
    // Few need it, and those can still load it.
    openStream: openLater(async () => {
      const later = await loadLater();
      if (!later) throw new Error("The server cannot be reached.");
      return (joins, handlers) => later.openStream(origin, joins, handlers);
    }),
    isReachable: () => fetch("/healthz").then(({ ok }) => ok, () => false),
    isOnline: () => navigator.onLine,
    random: Math.random,
  },
  session: sessionAt(origin),
  history: historyAt(origin),
  messages: messagesAt(origin),
  outboxStore: browserOutboxStore(),
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

onForgotten("user", () => chat.signedOut());
const { token, problem } = takeToken();
// A link of the application that is opened in this very tab.
addEventListener("hashchange", () => {
  const { token } = takeToken();
  if (token !== undefined) chat.arrive(token);
});
followAddress();
followWidth();
listenToKeys();
effect(() => {
  // Entered here, not while drawing: it changes what is drawn.
  if (chat.user.value && isPublicRoom(route.value.room)) chat.open(route.value.room);
});
effect(() => {
  document.title = `#${route.value.room} · Parlor`;
});
effect(() => {
  if (WATCHING && chat.outdated.value) location.reload();
});

const root = document.getElementById("app")!;
await chat.start(token);
if (problem !== undefined) chat.tell(problem);
root.replaceChildren();
render(<App chat={chat} />, root);
// What is opened later must open without a server too, and after the server has got a newer build.
setTimeout(async () => (await loadLater())?.startNotices(chat), QUIET);

/** Puts the client on the page. */

import { effect } from "@preact/signals";
import { options, render } from "preact";
import { listenToKeys } from "./keys.ts";
import { Chat } from "./model.ts";
import { followAddress, route } from "./route.ts";
import { App } from "./views/app.tsx";

// At most one drawing a frame, however fast messages come, and none in a hidden tab.
options.debounceRendering = requestAnimationFrame;

const chat = new Chat();
const root = document.getElementById("app")!;

followAddress();
listenToKeys();
effect(() => {
  document.title = `#${route.value.room} · Parlor`;
});

await chat.start();
root.replaceChildren();
render(<App chat={chat} />, root);

import type { ComponentChildren } from "preact";

/** What stands in place of the chat: one thing to read or to do. */
export function Card({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="welcome">
      <div class="card">
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

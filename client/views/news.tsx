import { useSignal } from "@preact/signals";
import X from "lucide/dist/esm/icons/x.mjs";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { Chat } from "../model.ts";
import { IconButton } from "./icon_button.tsx";

/** How often what is left of a sign-in is looked at, in milliseconds. */
const LOOK = 5_000;

/** What is worth knowing while the connection stands. */
export function News({ chat }: { chat: Chat }) {
  const { notice, endsAt } = chat.identity;
  if (notice.value !== null) {
    return <Dismissible dismiss={() => notice.value = null}>{notice.value}</Dismissible>;
  }
  if (endsAt.value !== null) {
    return (
      <Dismissible dismiss={() => endsAt.value = null}>
        <Ending endsAt={endsAt.value} />
      </Dismissible>
    );
  }
  if (!chat.builds.isOutdated.value) return null;
  // Only while there is a server to reload from.
  return (
    <Dismissible
      dismiss={() => chat.builds.dismiss()}
      action={<button type="button" onClick={() => location.reload()}>Reload</button>}
    >
      A new version is ready.
    </Dismissible>
  );
}

interface DismissibleProps {
  dismiss: () => void;
  action?: ComponentChildren;
  children: ComponentChildren;
}

function Dismissible({ dismiss, action, children }: DismissibleProps) {
  return (
    <div class="banner dismissible">
      <span role="status">{children}</span>
      {action}
      <IconButton icon={X} label="Dismiss" onClick={dismiss} />
    </div>
  );
}

/** How long one is still signed in. */
function Ending({ endsAt }: { endsAt: number }) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => now.value = Date.now(), LOOK);
    return () => clearInterval(timer);
  }, [endsAt]);
  const minutes = Math.max(1, Math.ceil((endsAt - now.value) / 60_000));
  return (
    <>
      Your sign-in ends in{" "}
      {minutes === 1 ? "a minute" : `${minutes} minutes`}. To stay, open the chat from the
      application again.
    </>
  );
}

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { isOfApplication, type User } from "../../server/protocol.ts";
import type { Chat } from "../model.ts";
import { acceptArrival, declineArrival } from "../sign_in_changes.ts";
import { Card } from "./card.tsx";

/** Asks before a link makes the reader somebody else. */
export function ArrivalQuestion({ chat, arrival }: { chat: Chat; arrival: User }) {
  const problem = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const stay = useRef<HTMLButtonElement>(null);
  // What changes nothing is what Enter does, from the first moment.
  useLayoutEffect(() => stay.current!.focus(), []);
  const accept = async () => {
    isBusy.value = true;
    problem.value = undefined;
    try {
      await acceptArrival(chat);
    } catch (error) {
      problem.value = (error as Error).message;
    } finally {
      isBusy.value = false;
    }
  };
  const user = chat.user.value!;
  const isGuest = !isOfApplication(user);
  return (
    <Card title={`Continue as ${arrival.name}?`}>
      <p>
        The link that you have opened signs you in as <strong>{arrival.name}</strong>, and you are
        {" "}
        <strong>{user.name}</strong> here. {isGuest &&
          `If you continue, you give up the name ${user.name}, and what you have not sent is deleted.`}
      </p>
      <p class="hint">If you do not know who has sent you the link, stay.</p>
      <p class="problem" role="alert">{problem.value}</p>
      <div class="buttons">
        <button
          ref={stay}
          type="button"
          class="primary"
          onClick={() => declineArrival(chat)}
        >
          Stay {user.name}
        </button>
        <button type="button" class="secondary" disabled={isBusy.value} onClick={accept}>
          Continue as {arrival.name}
        </button>
      </div>
    </Card>
  );
}

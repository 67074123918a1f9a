/** What becomes of a sign-in: links with a token, another name, its end. Loaded when it comes to that. */

import { isOfApplication } from "../server/protocol.ts";
import type { Chat } from "./model.ts";

const ENDED =
  "Your sign-in has ended. What you have not sent is kept until you come back from the " +
  "application.";

/**
 * Somebody comes with an application's token. Where another is signed in, the reader is asked first:
 * whoever sends a link must not make people speak as somebody else without knowing.
 */
export async function arrive(chat: Chat, token: string): Promise<void> {
  const { identity, session } = chat;
  identity.notice.value = null;
  try {
    const user = await session.whose(token);
    const current = identity.user.peek();
    if (current && current.id !== user.id) identity.arrival.value = { user, token };
    else await signInWith(chat, token);
  } catch (error) {
    identity.notice.value = (error as Error).message;
  }
}

/** Goes on as whom the link would sign in. Rejects with a sentence for people. */
export async function acceptArrival(chat: Chat): Promise<void> {
  const { identity, session } = chat;
  const user = await session.keep(identity.arrival.peek()!.token);
  const former = identity.user.peek();
  if (former && !isOfApplication(former)) chat.outbox.peek()?.discardAll();
  identity.signedOut();
  identity.enter(user);
}

/** Stays who is signed in. */
export function declineArrival(chat: Chat): void {
  chat.identity.arrival.value = null;
}

/** Changes the name. Rejects with a sentence for people. */
export async function rename(chat: Chat, name: string): Promise<void> {
  chat.identity.keep(await chat.session.signIn(name));
  // The name belongs to the connection.
  chat.reconnectNow();
}

/**
 * Ends the session, and this browser forgets who was here. What was not sent yet stays for the same
 * person, where that one can come back and wants it: a guest cannot. Rejects with a sentence for
 * people.
 */
export async function signOut(
  chat: Chat,
  { keepsUnsent }: { keepsUnsent: boolean },
): Promise<void> {
  await chat.session.signOut();
  const isKept = keepsUnsent && isOfApplication(chat.user.peek()!);
  if (!isKept) chat.outbox.peek()?.discardAll();
  chat.identity.signedOut();
}

/** The sign-in may be over, or may have been renewed from another tab. */
export async function lookForSignIn(chat: Chat): Promise<void> {
  const { identity, session, user, status } = chat;
  const before = user.peek();
  const hasEnded = status.peek() === "ended";
  const found = await session.current().catch(() => undefined);
  if (before === null || before !== user.peek()) return;
  if (found?.user) {
    if (found.user.id === before.id) {
      if (hasEnded) chat.reconnectNow();
      return;
    }
    identity.leave(null);
    chat.forgetWritten();
    identity.enter(found.user);
  } else if (found || hasEnded) {
    identity.leave(ENDED);
  }
}

/**
 * The server does not know the session any more and took us for somebody else; `isAgain`: also after the
 * last time.
 */
export async function signInAgain(chat: Chat, isAgain: boolean): Promise<void> {
  if (isAgain) {
    chat.end("Please allow cookies for this site, so that you stay signed in.");
    return;
  }
  const { identity, session } = chat;
  const before = identity.user.peek()!;
  try {
    const { user } = await session.current();
    if (user) {
      identity.enter(user);
    } else if (isOfApplication(before)) {
      // Nobody goes on as a guest whom the application had vouched for.
      identity.leave(ENDED);
    } else {
      const again = await session.signIn(before.name);
      identity.enter(again, chat.outbox.peek()!.takeAll());
    }
  } catch {
    identity.leave(null);
  }
}

async function signInWith(chat: Chat, token: string): Promise<void> {
  const user = await chat.session.keep(token);
  if (user.id === chat.user.peek()?.id) {
    chat.identity.keep(user);
    chat.reconnectNow();
  } else {
    chat.identity.enter(user);
  }
}

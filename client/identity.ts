/** Who is signed in on this page. What becomes of that later is in `sign_in_changes.ts`. No DOM. */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { isOfApplication, type User } from "../server/protocol.ts";
import type { Outgoing } from "./outbox_store.ts";
import type { Mode, SessionApi } from "./session.ts";
import { read, write } from "./storage.ts";

/** Somebody whom an application's token would sign in, where another is signed in already. */
export interface Arrival {
  user: User;
  token: string;
}

/** What being signed in means to the rest. */
export interface IdentityPorts {
  session: SessionApi;
  /** Loads what is done with a token. */
  arrive(token: string): Promise<void>;
  /** The server has this build of the client. */
  built(build: string): void;
  /** Somebody is here now. `unsent` are messages that the same person wrote under another id. */
  entered(user: User, unsent: readonly Outgoing[]): void;
  /** Nobody is here any more. */
  left(): void;
  /** What whoever was here has written and where they were is forgotten. */
  forget(): void;
}

export class Identity {
  readonly #user = signal<User | null>(null);
  readonly #isKnown = signal(false);
  readonly #mode = signal<Mode>("open");
  /** Null: nobody is signed in. */
  readonly user: ReadonlySignal<User | null> = this.#user;
  /** Whether it is known who is signed in. */
  readonly isKnown: ReadonlySignal<boolean> = this.#isKnown;
  /** Who gets in here. */
  readonly mode: ReadonlySignal<Mode> = this.#mode;
  /** Whom a link would sign in; the reader is asked first. */
  readonly arrival = signal<Arrival | null>(null);
  /** What the reader should know about the sign-in, in words for people; null once it was read. */
  readonly notice = signal<string | null>(null);
  /** When the sign-in ends, by this machine's clock in milliseconds; null where that is not soon. */
  readonly endsAt = signal<number | null>(null);

  constructor(private readonly ports: IdentityPorts) {}

  /** Finds out who is signed in, or comes with an application's token. */
  async start(token?: string): Promise<void> {
    try {
      const { user, build, mode } = await this.ports.session.current();
      this.ports.built(build);
      this.#mode.value = mode;
      if (user) this.enter(user);
    } catch {
      // Not reachable now. Who was here before goes on with the name that the browser remembers.
      const remembered = readUser();
      if (remembered) this.enter(remembered);
    }
    if (token !== undefined) await this.ports.arrive(token);
    this.#isKnown.value = true;
  }

  /** Rejects with a sentence for people. */
  async signIn(name: string): Promise<void> {
    this.enter(await this.ports.session.signIn(name));
  }

  /** Goes on as somebody. */
  enter(user: User, unsent: readonly Outgoing[] = []): void {
    if (isSomebodyElse(user, readUser())) this.ports.forget();
    batch(() => {
      this.notice.value = null;
      this.keep(user);
      this.ports.entered(user, unsent);
    });
  }

  /** The same person, whose name may have been changed in another tab. */
  keep(user: User): void {
    const { id, name } = this.#user.peek() ?? {};
    if (user.id === id && user.name === name) return;
    this.#user.value = user;
    write("user", JSON.stringify(user));
  }

  /** Nobody is here any more, for a reason that is told. */
  leave(notice: string | null): void {
    batch(() => {
      this.ports.left();
      this.arrival.value = null;
      this.endsAt.value = null;
      this.notice.value = notice;
      this.#user.value = null;
    });
  }

  /** The session has ended, from here or from another tab. */
  signedOut(): void {
    this.leave(null);
    write("user", null);
    this.ports.forget();
  }
}

/**
 * Whether what this browser remembers is another person's. A guest whose session is lost comes back under
 * another id, an application's user under the same.
 */
function isSomebodyElse(user: User, remembered: User | undefined): boolean {
  return remembered !== undefined && remembered.id !== user.id &&
    (isOfApplication(user) || isOfApplication(remembered));
}

function readUser(): User | undefined {
  try {
    const { id, name } = JSON.parse(read("user") ?? "{}");
    return typeof id === "string" && typeof name === "string" ? { id, name } : undefined;
  } catch {
    return undefined;
  }
}

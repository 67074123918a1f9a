/**
 * The bus of a single node: hands each publication to the subscribers of its topic within the call
 * and as the very object, so what is published must not be changed afterwards.
 */

import type { Bus, Publication, Topic } from "./bus.ts";

type Subscriber = (publication: Publication) => void;

interface Subscription {
  on: Subscriber;
  hasEnded: boolean;
}

export interface LocalBusOptions {
  /** Told what a subscriber threw; the others get the publication nevertheless. */
  onProblem?: (problem: unknown) => void;
}

export function createLocalBus(
  { onProblem = (problem) => console.error("A subscriber of the bus failed:", problem) }:
    LocalBusOptions = {},
): Bus {
  return new LocalBus(onProblem);
}

class LocalBus implements Bus {
  readonly #onProblem: (problem: unknown) => void;
  /**
   * Each subscription is an object of its own, so that one function may subscribe twice. A list is never
   * changed but replaced: who subscribes in the middle of a delivery gets the next publication first.
   */
  readonly #subscribers = new Map<Topic, readonly Subscription[]>();
  /** Published and not yet handed to all; the first is being delivered. */
  readonly #waiting: { topic: Topic; publication: Publication }[] = [];
  #closed = false;

  constructor(onProblem: (problem: unknown) => void) {
    this.#onProblem = onProblem;
  }

  // deno-lint-ignore require-await
  async publish(topic: Topic, publication: Publication): Promise<void> {
    this.#mustBeOpen();
    this.#waiting.push({ topic, publication });
    // What a subscriber publishes while it is called waits for its turn: the order is the same for all.
    if (this.#waiting.length > 1) return;
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      this.#deliver(next.topic, next.publication);
      this.#waiting.shift();
    }
  }

  #deliver(topic: Topic, publication: Publication): void {
    for (const subscription of this.#subscribers.get(topic) ?? []) {
      if (subscription.hasEnded || this.#closed) continue;
      try {
        subscription.on(publication);
      } catch (problem) {
        this.#onProblem(problem);
      }
    }
  }

  // deno-lint-ignore require-await
  async subscribe(topic: Topic, on: Subscriber): Promise<() => Promise<void>> {
    this.#mustBeOpen();
    const subscription: Subscription = { on, hasEnded: false };
    this.#subscribers.set(topic, [...this.#subscribers.get(topic) ?? [], subscription]);
    return () => {
      subscription.hasEnded = true;
      const left = this.#subscribers.get(topic)?.filter((other) => other !== subscription) ?? [];
      if (left.length > 0) this.#subscribers.set(topic, left);
      else this.#subscribers.delete(topic);
      return Promise.resolve();
    };
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#subscribers.clear();
    return Promise.resolve();
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error("The bus is closed.");
  }
}

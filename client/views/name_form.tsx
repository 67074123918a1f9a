import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { RefusedError } from "../session.ts";

interface Props {
  label: string;
  button: string;
  name: string;
  /** Rejects with a sentence for people. */
  submit: (name: string) => Promise<void>;
}

/** One field for a name, with the server's own words where it says no. */
export function NameForm({ label, button, name, submit }: Props) {
  const problem = useSignal<string | undefined>(undefined);
  const suggestion = useSignal<string | undefined>(undefined);
  const isBusy = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current!.focus(), []);

  const trySubmit = async () => {
    isBusy.value = true;
    problem.value = suggestion.value = undefined;
    try {
      await submit(field.current!.value);
    } catch (error) {
      problem.value = (error as Error).message;
      suggestion.value = error instanceof RefusedError ? error.suggestion : undefined;
      field.current?.focus();
    } finally {
      isBusy.value = false;
    }
  };
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    trySubmit();
  };
  const take = (name: string) => {
    field.current!.value = name;
    // The button goes away, and the focus must not go with it.
    field.current!.focus();
    trySubmit();
  };

  return (
    <form class="form" onSubmit={onSubmit} noValidate>
      <label class="stack">
        {label}
        <input
          ref={field}
          name="name"
          defaultValue={name}
          autocomplete="nickname"
          maxLength={64}
          aria-invalid={problem.value !== undefined}
          aria-describedby="name-problem"
        />
      </label>
      <p id="name-problem" class="problem" role="alert">{problem.value}</p>
      {suggestion.value !== undefined && (
        <button
          type="button"
          class="secondary"
          onClick={() => take(suggestion.value!)}
        >
          Use “{suggestion.value}”
        </button>
      )}
      <button type="submit" class="primary" disabled={isBusy.value}>{button}</button>
    </form>
  );
}

/** Request bodies, bounded in size and in time: the runtime bounds neither. */

import { Refusal } from "./protocol.ts";

/** Milliseconds that a body may take: the longest one at the speed of a poor mobile connection. */
const PATIENCE = 30_000;

/** The text of a body, of which no more than `limit` bytes are read: the rest is never waited for. */
export async function readText(
  request: Request,
  limit: number,
  patience: number = PATIENCE,
): Promise<string> {
  const tooLong = () => new Refusal("frame_too_long", `A body may have at most ${limit} bytes.`);
  if (Number(request.headers.get("content-length")) > limit) throw tooLong();
  if (!request.body) return "";
  const reader = request.body.getReader();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Refusal("bad_frame", "The body did not come in time. Please send it again.")),
    patience,
  );
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (true) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > limit) throw tooLong();
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    // Whoever left in the middle is no fault of ours, and reads no answer.
    throw error instanceof Refusal ? error : new Refusal("bad_frame", "The body broke off.");
  } finally {
    clearTimeout(timer);
    // The rest is not wanted; after the end there is none, and this does nothing.
    reader.cancel().catch(() => {});
  }
}

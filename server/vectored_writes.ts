/**
 * How the runtime writes the larger frames of a WebSocket. By itself it copies each behind its header, into
 * a buffer that it keeps for the socket, as large as the largest frame ever was. Where its environment
 * says so, it hands header and frame to the system as they are; frames of up to 1 kB it copies as before
 * (`ext/websocket/lib.rs` and `WebSocket::write_frame` of fastwebsockets). A frame of a megabyte to 100
 * sockets left a megabyte more with each of them, and leaves 40 kB; with TLS too, where both are still
 * encrypted together.
 */

const VARIABLE = "DENO_USE_WRITEV";

/**
 * Has frames written without that copy. To be called before the first upgrade, as the runtime looks only
 * once. Does nothing where the environment may not be changed: it is faster, and nothing else.
 */
export function useVectoredWrites(): void {
  const { state } = Deno.permissions.querySync({ name: "env", variable: VARIABLE });
  if (state === "granted") Deno.env.set(VARIABLE, "1");
}

/** The WebSocket. */

import { type JoinCommand, LIMITS, SUBPROTOCOL } from "../server/protocol.ts";
import type { Transport, TransportHandlers } from "./transport.ts";

/** Opens `/ws` at an origin such as `https://chat.example`. */
export function openSocket(
  origin: string,
  joins: readonly JoinCommand[],
  handlers: TransportHandlers,
): Transport {
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/ws`, SUBPROTOCOL);
  let isOver = false;
  const send: Transport["send"] = (commands) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    // Whoever is in many rooms resumes them in several frames.
    for (let from = 0; from < commands.length; from += LIMITS.commandsPerFrame) {
      socket.send(JSON.stringify(commands.slice(from, from + LIMITS.commandsPerFrame)));
    }
  };
  socket.onopen = () => send(joins);
  socket.onmessage = ({ data }) => {
    if (!isOver) handlers.events(JSON.parse(data));
  };
  socket.onclose = ({ code, reason }) => {
    if (isOver) return;
    isOver = true;
    handlers.closed(code, reason);
  };
  return {
    send,
    close() {
      isOver = true;
      socket.close();
    },
  };
}

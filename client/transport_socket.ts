/** The WebSocket. */

import { type JoinCommand, SUBPROTOCOL } from "../server/protocol.ts";
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
    if (socket.readyState !== WebSocket.OPEN || commands.length === 0) return;
    socket.send(JSON.stringify(commands.length === 1 ? commands[0] : commands));
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

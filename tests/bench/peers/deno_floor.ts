/**
 * What a connection costs at least on this runtime: the dialogue by which a client of Parlor enters a
 * room, answered with constant frames, and nothing kept of a connection but its socket.
 */

const sockets = new Set<WebSocket>();

const WELCOME = JSON.stringify([{
  type: "welcome",
  user: { id: "g_0123456789abcdef_1", name: "Guest 1", unverified: true },
  epoch: "0123456789ab",
  heartbeat: 25_000,
  limits: { messageBytes: 16_384, frameBytes: 65_536, commandsPerFrame: 256 },
  build: "0123456789ab",
}]);
const JOINED = JSON.stringify([{
  type: "joined",
  room: "bench",
  online: 10_000,
  cursor: "0123456789ab:0",
  messages: [],
  older: false,
}]);

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.log(`listening on ${port}`),
}, (request) => {
  if (request.headers.get("upgrade") !== "websocket") return new Response(null, { status: 426 });
  const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "parlor.v1" });
  socket.onopen = () => socket.send(WELCOME);
  socket.onclose = () => sockets.delete(socket);
  socket.onmessage = ({ data }) => {
    if (data.startsWith('{"type":"join"')) {
      sockets.add(socket);
      socket.send(JOINED);
      return;
    }
    for (const other of sockets) {
      if (other.readyState === WebSocket.OPEN) other.send(`[${data}]`);
    }
  };
  return response;
});

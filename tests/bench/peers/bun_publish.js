/** The peer Bun: its native publish and subscribe, as in the chat of its documentation. */

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch(request, server) {
    const room = new URL(request.url).searchParams.get("room");
    if (server.upgrade(request, { data: { room } })) return;
    return new Response("Connect with a WebSocket.", { status: 426 });
  },
  websocket: {
    open(socket) {
      socket.subscribe(socket.data.room);
    },
    message(socket, message) {
      server.publish(socket.data.room, message);
    },
  },
});

console.log(`listening on ${server.port}`);

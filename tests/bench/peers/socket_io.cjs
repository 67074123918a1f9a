/** The peer Socket.IO: rooms and an event, as its chat tutorial has them. */

const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http);

io.on("connection", (socket) => {
  const { room } = socket.handshake.query;
  socket.join(room);
  socket.on("chat message", (message) => io.to(room).emit("chat message", message));
});

http.listen(0, "127.0.0.1", () => console.log(`listening on ${http.address().port}`));

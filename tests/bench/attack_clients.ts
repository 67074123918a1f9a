/**
 * Hostile clients, as a process of their own: `attack_clients.ts PORT ROOM FLOODING FRAGMENTING`. They
 * come from another address of the loopback network than the honest ones, come back when they are
 * thrown out, and go on until the process is ended. Once they are all there, it prints `attacking`.
 *
 * - Flooding: 100 posts a second to the honest ones' room.
 * - Fragmenting: one message that never ends, in pieces of 4 kB.
 */

import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { clientFrame, OPCODE, upgradeRequest } from "../support/raw_socket.ts";

const ADDRESS = "127.0.0.2";
const CONTINUATION = 0;
/** Bytes of a piece, and milliseconds between two of one client: bounded, for the machine's sake. */
const PIECE = 4 * 1024;
const PAUSE = 20;
/** Milliseconds until who was thrown out comes back. */
const RETURN = 100;
/** Posts at a time, and milliseconds between two times of one client: five times what one may say. */
const POSTS = 10;
const POSTS_PAUSE = 100;

interface Attack {
  protocol: string | null;
  /** Begins once the socket is open; resolves when it has closed. */
  run(socket: Socket): Promise<void>;
}

const [port, room, flooding, fragmenting] = [
  Number(Deno.args[0]),
  Deno.args[1]!,
  Number(Deno.args[2]),
  Number(Deno.args[3]),
];

const flood: Attack = {
  protocol: "parlor.v1",
  async run(socket) {
    let posts = 0;
    const client = crypto.randomUUID();
    while (!socket.destroyed) {
      const frames = Array.from({ length: POSTS }, () => {
        const post = { type: "chat", id: `${client}-${posts++}`, room, message: "flood" };
        return clientFrame(OPCODE.text, JSON.stringify(post));
      });
      await write(socket, Buffer.concat(frames));
      await new Promise((resolve) => setTimeout(resolve, POSTS_PAUSE));
    }
  },
};

const fragment: Attack = {
  protocol: null,
  async run(socket) {
    const piece = clientFrame(CONTINUATION, new Uint8Array(PIECE).fill(97), { final: false });
    await write(socket, clientFrame(OPCODE.text, "endless", { final: false }));
    while (!socket.destroyed) {
      await write(socket, piece);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  },
};

/** Hands over bytes and waits until the socket wants more; an end ends the waiting. */
async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return void await Promise.resolve();
  await new Promise<void>((resolve) => {
    const done = () => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

/** Whether the last frame of some bytes is a server's close frame. */
function endsWithClose(bytes: Uint8Array): boolean {
  const start = bytes.lastIndexOf(128 | OPCODE.close);
  return start >= 0 && bytes.length - start - 2 === bytes[start + 1];
}

/** Connects, attacks, and comes back, for ever. Calls `arrived` when it is there for the first time. */
async function keepAttacking({ protocol, run }: Attack, arrived: () => void): Promise<never> {
  while (true) {
    const socket = connect({ port, host: "127.0.0.1", localAddress: ADDRESS });
    // What matters is that it ends; a close always follows.
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.write(upgradeRequest(port, { protocol }));
    await Promise.race([new Promise((resolve) => socket.once("data", resolve)), closed]);
    arrived();
    // What the server sends is read and thrown away, but for the close frame that ends it all.
    socket.on("data", (bytes: Uint8Array) => endsWithClose(bytes) && socket.destroy());
    await run(socket);
    await closed;
    await new Promise((resolve) => setTimeout(resolve, RETURN));
  }
}

const attacks = [
  ...Array.from({ length: flooding }, () => flood),
  ...Array.from({ length: fragmenting }, () => fragment),
];
await Promise.all(attacks.map((attack) =>
  new Promise<void>((resolve) => {
    keepAttacking(attack, resolve);
  })
));
console.log("attacking");

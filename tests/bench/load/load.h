/*
 * The load of the bench: thousands of WebSocket clients in one thread over epoll, in C so that it needs
 * less of its core than any server needs of its own. `main.c` reads the command line and reports,
 * `clients.c` runs the clients, `dialect.c` knows what each server wants to hear, `websocket.c` the frames.
 *
 * A message is one text frame of one client. Its body begins with MARK, the sender's number and the
 * message's number, so a receiver recognises it wherever a server puts it, several to a frame included.
 * A delivery is one message seen by one client; senders are among the receivers, everywhere.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stands nowhere else in what the servers send. */
#define MARK '^'
/* MARK, two hexadecimal digits of the sender, eight of the message. */
#define MARK_LENGTH 11
#define SENDERS_MOST 256
/* Largest body, with room for what a dialect writes around it. */
#define BODY_MOST 8192
#define FRAME_MOST (BODY_MOST + 512)

/* ---- websocket.c: RFC 6455, as much of it as a client needs ---- */

enum { OPCODE_TEXT = 1, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

struct frame {
    int opcode;
    const unsigned char *payload;
    size_t length;
};

/* Reads the frame at `data`. Returns its whole size in bytes, or 0 while it is not complete. */
size_t read_frame(const unsigned char *data, size_t size, struct frame *frame);

/* Writes a masked frame to `out` (at least `length` + 14 bytes) and returns its size. */
size_t write_frame(unsigned char *out, int opcode, const void *payload, size_t length);

/* ---- dialect.c: how a client enters a room and says something ---- */

struct dialect {
    const char *name;
    /* Path of the upgrade, with one %s for the room. */
    const char *path;
    const char *subprotocol;
    /* What the first text frame begins with that `enter` answers; NULL: nothing is to be sent. */
    const char *greeting;
    /* The frame that enters the room, with at most one %s for it. */
    const char *enter;
    /* What the frame begins with that says that the client is in; NULL: it is after the handshake. */
    const char *entered;
    /* A text frame that has to be answered, and the answer; NULL: there is none. */
    const char *ping;
    const char *pong;
    /* Writes the text of a message and returns its length. */
    int (*say)(char *out, size_t size, const char *room, unsigned number, const char *body);
};

/* The dialect of that name, or NULL. */
const struct dialect *find_dialect(const char *name);

/* ---- clients.c: connections, messages, measures ---- */

/* Clients that hear each other. They are connected in the order of the rooms. */
struct room_plan {
    const char *name;
    /* Clients that read, the senders among them. */
    int readers;
    /* Clients that enter and then never read again. */
    int stalled;
    int senders;
    /* Messages outstanding, over all senders: sent and not yet read by every reader. */
    int window;
    /* Microseconds from one message to the next of a paced sender; 0: as fast as `window` allows. */
    int64_t interval;
};

struct plan {
    int port;
    /* The server's process, whose CPU time and memory are read. */
    int pid;
    /* The server's core, to see what else ran there. */
    int core;
    const struct dialect *dialect;
    struct room_plan rooms[2];
    int room_count;
    /* Bytes of a body. */
    int body;
    /* Connections that are being opened at a time. */
    int opening;
    /* Seconds of silence after the last connect. */
    double settle;
};

/* Some time under load. */
struct round {
    /* Seconds before measuring, and of measuring. */
    double warm, measure;
    /* Whether those who never read have entered. */
    bool stalled;
};

struct room_measure {
    int64_t messages, deliveries;
    /* Microseconds from the send to the last receipt. */
    double p50, p99, longest;
};

struct measures {
    int connections;
    double connect_seconds, connect_server_cpu, connect_load_cpu, connect_other_cpu;
    /* Resident kB of the server before the first connection, after settling and at the end. */
    int64_t memory_before, memory_settled, memory_after;
    /* Seconds that were measured, and CPU seconds within them. */
    double seconds, server_cpu, load_cpu;
    /* CPU seconds that others took from the server's core, the host of a virtual machine included. */
    double other_cpu;
    int64_t bytes, frames;
    struct room_measure rooms[2];
};

/* Connects everybody who reads. Ends the process with a sentence where that is impossible. */
void enter(const struct plan *plan, struct measures *measures);

/*
 * Waits for a line on standard input, and answers the server's pings meanwhile. Returns false at its end.
 * `line` takes up to `size` bytes.
 */
bool wait_for_line(char *line, size_t size);

/* Runs a round. Ends the process with a sentence where a copy is missing, doubled or out of order. */
void run(const struct round *round);

/* Prints a sentence and ends the process with status 1. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif

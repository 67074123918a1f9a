#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Messages of one sender that may be outstanding; a power of two. */
#define RING 1024
/* Room for what one read brings behind what was left of the one before. */
#define READ_SIZE (4u << 20)
/* Microseconds without any progress after which the server is taken to have lost something. */
#define PATIENCE 15000000

enum state { CLOSED, UPGRADING, GREETED_NEXT, ENTERING, READY, STALLED };

struct client {
    int fd;
    enum state state;
    int room;
    bool stalls;
    /* A piece of a frame that has not come whole. */
    unsigned char *rest;
    size_t rest_size, rest_capacity;
    /* What the socket has not taken yet. */
    unsigned char *out;
    size_t out_size, out_capacity;
    /* The number of the next message of each sender. */
    uint32_t *expected;
    /* Of everything received, in order: equal for all readers of a room in the end. */
    uint64_t order;
};

struct outstanding {
    int64_t sent;
    /* Readers that have not got it yet. */
    int missing;
};

struct sender {
    int client;
    int room;
    int window;
    uint32_t next;
    int outstanding;
    struct outstanding ring[RING];
};

struct latencies {
    float *values;
    size_t count, capacity;
};

static const struct plan *plan;
static struct measures *measures;
static int poll_fd;
static struct client *clients;
static int client_count, opening, ready;
static struct sender *senders;
static int sender_count;
static struct latencies latencies[2];
static int64_t deliveries[2], bytes, frames;
static int64_t now, last_progress;
static bool sending, measuring;
/* When measuring began and ended; 0: not yet. */
static int64_t measure_start, measure_end;
static unsigned char buffer[READ_SIZE];

static int64_t clock_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

/* CPU seconds of the server, all threads, user and system. */
static double server_cpu(void) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", plan->pid);
    FILE *file = fopen(path, "r");
    if (!file) fail("The server has ended.");
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    unsigned long user = 0, system = 0;
    /* The name may hold spaces, so counting starts behind it. */
    const char *after = strrchr(text, ')');
    if (!after || sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                         &system) != 2)
        fail("%s is not as expected.", path);
    return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

/* CPU seconds in which the server's core was not free, whoever used it. */
static double core_busy(void) {
    char line[512], name[16];
    snprintf(name, sizeof name, "cpu%d ", plan->core);
    FILE *file = fopen("/proc/stat", "r");
    if (!file) fail("/proc/stat cannot be read.");
    unsigned long user = 0, nice = 0, system = 0, interrupts = 0, soft_interrupts = 0, stolen = 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            sscanf(line, "%*s %lu %lu %lu %*u %*u %lu %lu %lu", &user, &nice, &system, &interrupts,
                   &soft_interrupts, &stolen);
    fclose(file);
    return (double)(user + nice + system + interrupts + soft_interrupts + stolen) /
           sysconf(_SC_CLK_TCK);
}

/* Resident kB of the server. */
static int64_t server_memory(void) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/statm", plan->pid);
    FILE *file = fopen(path, "r");
    if (!file) fail("The server has ended.");
    long resident = 0;
    if (fscanf(file, "%*d %ld", &resident) != 1) fail("%s is not as expected.", path);
    fclose(file);
    return (int64_t)resident * sysconf(_SC_PAGESIZE) / 1024;
}

static double load_cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (!memory) fail("There is not enough memory.");
    return memory;
}

/* Keeps `size` bytes in a growing piece of memory, behind the `kept` ones that are there. */
static void keep(unsigned char **memory, size_t *capacity, size_t kept, const void *data,
                 size_t size) {
    if (kept + size > *capacity) {
        *capacity = (kept + size) * 2;
        *memory = realloc(*memory, *capacity);
        if (!*memory) fail("There is not enough memory.");
    }
    memcpy(*memory + kept, data, size);
}

static void watch(int index, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.u32 = index};
    if (epoll_ctl(poll_fd, operation, clients[index].fd, &event) != 0)
        fail("epoll_ctl: %s", strerror(errno));
}

static void send_bytes(int index, const void *data, size_t size) {
    struct client *client = &clients[index];
    size_t sent = 0;
    if (client->out_size == 0) {
        ssize_t taken = send(client->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken < 0 && errno != EAGAIN) fail("The server closed a connection: %s", strerror(errno));
        sent = taken < 0 ? 0 : taken;
        if (sent == size) return;
        watch(index, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT | EPOLLET);
    }
    keep(&client->out, &client->out_capacity, client->out_size, (const char *)data + sent,
         size - sent);
    client->out_size += size - sent;
}

static void send_rest(int index) {
    struct client *client = &clients[index];
    ssize_t taken = send(client->fd, client->out, client->out_size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (taken < 0 && errno != EAGAIN) fail("The server closed a connection: %s", strerror(errno));
    if (taken <= 0) return;
    client->out_size -= taken;
    memmove(client->out, client->out + taken, client->out_size);
    if (client->out_size == 0) watch(index, EPOLL_CTL_MOD, EPOLLIN | EPOLLET);
}

static void send_frame(int index, int opcode, const void *payload, size_t length) {
    unsigned char frame[FRAME_MOST + 14];
    if (length > FRAME_MOST) fail("The load sends no frames of %zu bytes.", length);
    send_bytes(index, frame, write_frame(frame, opcode, payload, length));
}

/* ---- messages ---- */

/* Each message is a frame and a write of its own, as a client's send() is. */
static void say(int number) {
    static char filler[BODY_MOST + 1];
    if (!filler[0])
        for (int i = 0; i < BODY_MOST; i++) filler[i] = "the quick brown fox jumps over the lazy dog "[i % 44];
    struct sender *sender = &senders[number];
    const struct room_plan *room = &plan->rooms[sender->room];
    uint32_t message = sender->next++;
    char body[BODY_MOST + 1], text[FRAME_MOST];
    snprintf(body, sizeof body, "%c%02x%08x%.*s", MARK, number, message, plan->body - MARK_LENGTH,
             filler);
    int length = plan->dialect->say(text, sizeof text, room->name, message, body);
    sender->ring[message % RING] = (struct outstanding){clock_now(), room->readers};
    sender->outstanding++;
    send_frame(sender->client, OPCODE_TEXT, text, length);
}

static void note_latency(struct latencies *all, int64_t microseconds) {
    if (all->count == all->capacity) {
        all->capacity = all->capacity ? all->capacity * 2 : 4096;
        all->values = realloc(all->values, all->capacity * sizeof *all->values);
        if (!all->values) fail("There is not enough memory.");
    }
    all->values[all->count++] = microseconds;
}

static unsigned hexadecimal(const unsigned char *text, int digits) {
    unsigned value = 0;
    for (int i = 0; i < digits; i++) {
        unsigned char c = text[i];
        value = value << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
}

/*
 * Whether a message that is complete now counts. With a window, what completes while measuring: a
 * steady state. A paced message counts when it was sent then, however late it came.
 */
static bool counts(int room, int64_t sent) {
    if (!plan->rooms[room].interval) return measuring;
    return measure_start && sent >= measure_start && (!measure_end || sent < measure_end);
}

static void receive_message(struct client *client, unsigned number, uint32_t message) {
    if ((int)number >= sender_count || senders[number].room != client->room)
        fail("A client got a message of another room.");
    struct sender *sender = &senders[number];
    if (client->expected[number] != message)
        fail("A client got message %u of sender %u where %u was due: a copy is %s.", message, number,
             client->expected[number], message < client->expected[number] ? "doubled" : "missing");
    client->expected[number]++;
    client->order = client->order * UINT64_C(6364136223846793005) + ((uint64_t)number << 32 | message) + 1;
    deliveries[client->room]++;
    struct outstanding *state = &sender->ring[message % RING];
    if (--state->missing > 0) return;
    sender->outstanding--;
    if (counts(client->room, state->sent)) note_latency(&latencies[client->room], now - state->sent);
    if (sending && sender->window > 0) say(number);
}

/* ---- connections ---- */

static void become_ready(int index) {
    struct client *client = &clients[index];
    client->state = READY;
    opening--;
    ready++;
    if (!client->stalls) return;
    client->state = STALLED;
    if (epoll_ctl(poll_fd, EPOLL_CTL_DEL, client->fd, NULL) != 0) fail("epoll_ctl: %s", strerror(errno));
}

static bool begins_with(const struct frame *frame, const char *text) {
    size_t length = strlen(text);
    return frame->length >= length && memcmp(frame->payload, text, length) == 0;
}

static bool equals(const struct frame *frame, const char *text) {
    return frame->length == strlen(text) && memcmp(frame->payload, text, frame->length) == 0;
}

static void receive_text(int index, const struct frame *frame) {
    struct client *client = &clients[index];
    const struct dialect *dialect = plan->dialect;
    if (client->state == GREETED_NEXT) {
        if (!begins_with(frame, dialect->greeting)) return;
        char text[256];
        int length = snprintf(text, sizeof text, dialect->enter, plan->rooms[client->room].name);
        client->state = ENTERING;
        send_frame(index, OPCODE_TEXT, text, length);
        return;
    }
    if (client->state == ENTERING) {
        if (begins_with(frame, dialect->entered)) become_ready(index);
        return;
    }
    if (dialect->ping && equals(frame, dialect->ping)) {
        send_frame(index, OPCODE_TEXT, dialect->pong, strlen(dialect->pong));
        return;
    }
    const unsigned char *at = frame->payload, *end = at + frame->length;
    while ((at = memchr(at, MARK, end - at))) {
        if (end - at < MARK_LENGTH) fail("A message came cut.");
        receive_message(client, hexadecimal(at + 1, 2), hexadecimal(at + 3, 8));
        at += MARK_LENGTH;
    }
}

static void receive_frame(int index, const struct frame *frame) {
    frames++;
    if (frame->opcode == OPCODE_TEXT) {
        receive_text(index, frame);
    } else if (frame->opcode == OPCODE_PING) {
        send_frame(index, OPCODE_PONG, frame->payload, frame->length);
    } else if (frame->opcode == OPCODE_CLOSE) {
        fail("The server closed a connection: %.*s",
             frame->length > 2 ? (int)frame->length - 2 : 0, frame->payload + 2);
    }
}

/* Returns the bytes of the response to the upgrade, or 0 while it is not complete. */
static size_t receive_response(int index, const unsigned char *data, size_t size) {
    const unsigned char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (size < 12 || memcmp(data, "HTTP/1.1 101", 12) != 0)
        fail("The server refused an upgrade: %.*s", (int)(end - data), data);
    if (plan->dialect->greeting) clients[index].state = GREETED_NEXT;
    else become_ready(index);
    return end + 4 - data;
}

static void receive(int index) {
    struct client *client = &clients[index];
    size_t size = client->rest_size;
    if (size) memcpy(buffer, client->rest, size);
    ssize_t got = recv(client->fd, buffer + size, READ_SIZE - size, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) fail("The server closed a connection%s%s.", got ? ": " : "", got ? strerror(errno) : "");
    bytes += got;
    size += got;
    now = clock_now();
    last_progress = now;
    size_t at = 0;
    if (client->state == UPGRADING) at = receive_response(index, buffer, size);
    struct frame frame;
    size_t taken;
    while (client->state != UPGRADING && (taken = read_frame(buffer + at, size - at, &frame))) {
        receive_frame(index, &frame);
        at += taken;
    }
    if (size - at > READ_SIZE / 2) fail("The server sent a frame of more than %u bytes.", READ_SIZE / 2);
    client->rest_size = size - at;
    if (client->rest_size) keep(&client->rest, &client->rest_capacity, 0, buffer + at, client->rest_size);
}

static void open_client(int index) {
    struct client *client = &clients[index];
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0) fail("No more sockets: %s. Raise the limit of open files.", strerror(errno));
    int one = 1, least = 1;
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* Little room in the kernel, so that a stalled reader is soon the server's to keep. */
    if (client->stalls) setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(plan->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(client->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("The server takes no connection: %s", strerror(errno));
    /* Edges are cheaper, and a read that did not fill the buffer has taken everything. */
    watch(index, EPOLL_CTL_ADD, EPOLLIN | EPOLLET);
    char path[256], request[1024];
    snprintf(path, sizeof path, plan->dialect->path, plan->rooms[client->room].name);
    const char *subprotocol = plan->dialect->subprotocol;
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\n"
                          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
                          path, plan->port, subprotocol ? "Sec-WebSocket-Protocol: " : "",
                          subprotocol ? subprotocol : "", subprotocol ? "\r\n" : "");
    client->state = UPGRADING;
    send_bytes(index, request, length);
    opening++;
}

/* What stands in the queue for standard input, where the others have the number of their client. */
#define LINE UINT32_MAX
static bool has_line;

/* Waits until something comes or `until`, and handles it. */
static void turn(int64_t until) {
    struct epoll_event events[256];
    now = clock_now();
    int64_t wait = until > now ? until - now : 0;
    struct timespec timeout = {wait / 1000000, wait % 1000000 * 1000};
    int count = epoll_pwait2(poll_fd, events, 256, &timeout, NULL);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
        if (events[i].data.u32 == LINE) {
            has_line = true;
            continue;
        }
        int index = events[i].data.u32;
        if (events[i].events & EPOLLOUT) send_rest(index);
        if (events[i].events & ~(uint32_t)EPOLLOUT) receive(index);
    }
    now = clock_now();
}

/* ---- phases ---- */

static void check_progress(const char *doing) {
    if (now - last_progress > PATIENCE) fail("Nothing came for %d s while %s.", PATIENCE / 1000000, doing);
}

/* Connects those who read, or those who never do. */
static void connect_those(bool stall) {
    last_progress = clock_now();
    for (int index = 0; index < client_count || opening > 0;) {
        for (; index < client_count && opening < plan->opening; index++)
            if (clients[index].stalls == stall) open_client(index);
        if (opening == 0) break;
        turn(now + 1000000);
        check_progress("connecting");
    }
}

static void connect_readers(void) {
    double server_before = server_cpu(), load_before = load_cpu(), busy_before = core_busy();
    int64_t start = clock_now();
    connect_those(false);
    measures->connections = ready;
    measures->connect_seconds = (clock_now() - start) / 1e6;
    measures->connect_server_cpu = server_cpu() - server_before;
    measures->connect_load_cpu = load_cpu() - load_before;
    measures->connect_other_cpu = core_busy() - busy_before - measures->connect_server_cpu;
}

static void stay(double seconds) {
    int64_t end = clock_now() + (int64_t)(seconds * 1e6);
    while (clock_now() < end) turn(end);
}

/* Keeps the senders going until `end`. Those with a window go on by themselves. */
static void keep_sending(int64_t end, int64_t *next_paced) {
    while ((now = clock_now()) < end) {
        int64_t until = end;
        for (int i = 0; i < sender_count; i++) {
            int64_t interval = plan->rooms[senders[i].room].interval;
            if (!interval) continue;
            /* A full ring means that the server is far behind: its delay is on record already. */
            if (now >= *next_paced && senders[i].outstanding < RING) {
                say(i);
                *next_paced += interval;
            }
            if (*next_paced < until) until = *next_paced;
        }
        turn(until);
        if (sender_count > 0) check_progress("measuring");
    }
}

static int outstanding_messages(void) {
    int sum = 0;
    for (int i = 0; i < sender_count; i++) sum += senders[i].outstanding;
    return sum;
}

static void check_same_order(void) {
    const struct client *first[2] = {NULL, NULL};
    for (int i = 0; i < client_count; i++) {
        if (clients[i].stalls) continue;
        const struct client **one = &first[clients[i].room];
        if (!*one) *one = &clients[i];
        if ((*one)->order != clients[i].order) fail("Two clients got the messages in different orders.");
    }
}

static int compare(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void summarise(int room, struct room_measure *result) {
    struct latencies *all = &latencies[room];
    *result = (struct room_measure){.messages = all->count, .deliveries = result->deliveries};
    if (all->count == 0) return;
    qsort(all->values, all->count, sizeof *all->values, compare);
    result->p50 = all->values[all->count / 2];
    result->p99 = all->values[(all->count * 99) / 100];
    result->longest = all->values[all->count - 1];
}

static void send_and_measure(const struct round *round) {
    int64_t next_paced = clock_now();
    sending = true;
    measure_start = measure_end = 0;
    last_progress = clock_now();
    for (int i = 0; i < plan->room_count; i++) latencies[i].count = 0;
    for (int i = 0; i < sender_count; i++)
        for (int sent = 0; sent < senders[i].window; sent++) say(i);
    keep_sending(clock_now() + (int64_t)(round->warm * 1e6), &next_paced);

    int64_t deliveries_before[2] = {deliveries[0], deliveries[1]};
    int64_t bytes_before = bytes, frames_before = frames, start = clock_now();
    double server_before = server_cpu(), load_before = load_cpu(), busy_before = core_busy();
    measuring = true;
    measure_start = start;
    keep_sending(start + (int64_t)(round->measure * 1e6), &next_paced);
    measuring = false;
    measure_end = clock_now();
    measures->seconds = (clock_now() - start) / 1e6;
    measures->server_cpu = server_cpu() - server_before;
    measures->load_cpu = load_cpu() - load_before;
    measures->other_cpu = core_busy() - busy_before - measures->server_cpu;
    measures->bytes = bytes - bytes_before;
    measures->frames = frames - frames_before;
    for (int i = 0; i < plan->room_count; i++)
        measures->rooms[i].deliveries = deliveries[i] - deliveries_before[i];

    sending = false;
    last_progress = clock_now();
    while (outstanding_messages() > 0) {
        turn(clock_now() + 1000000);
        check_progress("waiting for the last copies");
    }
    check_same_order();
}

static void prepare(void) {
    for (int r = 0; r < plan->room_count; r++) {
        client_count += plan->rooms[r].readers + plan->rooms[r].stalled;
        sender_count += plan->rooms[r].senders;
    }
    clients = allocate(client_count, sizeof *clients);
    senders = allocate(sender_count, sizeof *senders);
    int client = 0, sender = 0;
    for (int r = 0; r < plan->room_count; r++) {
        const struct room_plan *room = &plan->rooms[r];
        for (int i = 0; i < room->senders; i++, sender++) {
            /* What does not divide evenly goes to the first senders. */
            int window = room->window / room->senders + (i < room->window % room->senders);
            if (window > RING) fail("At most %d messages of one sender can be outstanding.", RING);
            senders[sender] = (struct sender){.client = client + i, .room = r, .window = window};
        }
        for (int i = 0; i < room->readers + room->stalled; i++, client++)
            clients[client] = (struct client){.room = r,
                                              .stalls = i >= room->readers,
                                              .expected = allocate(sender_count, sizeof(uint32_t))};
    }
}

void enter(const struct plan *the_plan, struct measures *the_measures) {
    plan = the_plan;
    measures = the_measures;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (poll_fd < 0) fail("epoll_create1: %s", strerror(errno));
    prepare();
    measures->memory_before = server_memory();
    connect_readers();
    stay(plan->settle);
    measures->memory_settled = server_memory();
}

bool wait_for_line(char *line, size_t size) {
    /* Only while it is waited for: the end of the input is there for ever. */
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = LINE};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event) != 0)
        fail("Standard input is to be a pipe: %s", strerror(errno));
    for (has_line = false; !has_line;) turn(clock_now() + 1000000);
    epoll_ctl(poll_fd, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
    ssize_t got = read(STDIN_FILENO, line, size - 1);
    if (got <= 0) return false;
    line[got] = 0;
    return true;
}

void run(const struct round *round) {
    static bool has_stalled;
    if (round->stalled && !has_stalled) connect_those(true);
    has_stalled |= round->stalled;
    send_and_measure(round);
    measures->memory_after = server_memory();
    for (int r = 0; r < plan->room_count; r++) summarise(r, &measures->rooms[r]);
}

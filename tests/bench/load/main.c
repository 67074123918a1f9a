/*
 * load --port=N --pid=N --core=N --dialect=NAME --body=BYTES --opening=N --settle=S
 *      --room=NAME,READERS,STALLED,SENDERS,WINDOW,INTERVAL [--room=…]
 *
 * Connects, and then runs a round for each line on standard input: WARM MEASURE STALLED, the seconds
 * before measuring and of measuring, and 1 where those who never read are to have entered. Prints one JSON
 * object in a line for each round: seconds, microseconds (latencies) and kB (memory).
 */
#include "load.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
    exit(1);
}

static void add_room(struct plan *plan, char *text) {
    if (plan->room_count == 2) fail("There are at most two rooms.");
    struct room_plan *room = &plan->rooms[plan->room_count++];
    char *numbers = strchr(text, ',');
    if (!numbers || sscanf(numbers, ",%d,%d,%d,%d,%" SCNd64, &room->readers, &room->stalled,
                           &room->senders, &room->window, &room->interval) != 5)
        fail("A room is NAME,READERS,STALLED,SENDERS,WINDOW,INTERVAL.");
    *numbers = 0;
    room->name = text;
}

static struct plan read_plan(int count, char **arguments) {
    struct plan plan = {0};
    for (int i = 1; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        if (!value) fail("%s needs a value.", arguments[i]);
        *value++ = 0;
        const char *name = arguments[i];
        if (!strcmp(name, "--port")) plan.port = atoi(value);
        else if (!strcmp(name, "--pid")) plan.pid = atoi(value);
        else if (!strcmp(name, "--core")) plan.core = atoi(value);
        else if (!strcmp(name, "--dialect")) plan.dialect = find_dialect(value);
        else if (!strcmp(name, "--body")) plan.body = atoi(value);
        else if (!strcmp(name, "--opening")) plan.opening = atoi(value);
        else if (!strcmp(name, "--settle")) plan.settle = atof(value);
        else if (!strcmp(name, "--room")) add_room(&plan, value);
        else fail("%s is unknown.", name);
    }
    if (!plan.port || !plan.pid || !plan.dialect || !plan.room_count || plan.opening < 1)
        fail("Port, process, dialect, rooms and connections at a time must be given.");
    if (plan.body < MARK_LENGTH || plan.body > BODY_MOST)
        fail("A body has %d to %d bytes.", MARK_LENGTH, BODY_MOST);
    int senders = 0;
    for (int r = 0; r < plan.room_count; r++) {
        senders += plan.rooms[r].senders;
        if (plan.rooms[r].senders > plan.rooms[r].readers) fail("Senders are among the readers.");
    }
    if (senders > SENDERS_MOST) fail("There are at most %d senders.", SENDERS_MOST);
    return plan;
}

static void print(const struct plan *plan, const struct measures *m) {
    printf("{\"connections\":%d,\"connectSeconds\":%.6f,\"connectServerCpu\":%.3f,"
           "\"connectLoadCpu\":%.3f,\"connectOtherCpu\":%.3f,\"memoryBefore\":%" PRId64
           ",\"memorySettled\":%" PRId64
           ",\"memoryAfter\":%" PRId64 ",\"seconds\":%.6f,\"serverCpu\":%.3f,\"loadCpu\":%.6f,"
           "\"otherCpu\":%.3f,\"bytes\":%" PRId64 ",\"frames\":%" PRId64 ",\"rooms\":[",
           m->connections, m->connect_seconds, m->connect_server_cpu, m->connect_load_cpu,
           m->connect_other_cpu,
           m->memory_before, m->memory_settled, m->memory_after, m->seconds, m->server_cpu, m->load_cpu,
           m->other_cpu, m->bytes, m->frames);
    for (int r = 0; r < plan->room_count; r++)
        printf("%s{\"messages\":%" PRId64 ",\"deliveries\":%" PRId64
               ",\"p50\":%.0f,\"p99\":%.0f,\"longest\":%.0f}",
               r ? "," : "", m->rooms[r].messages, m->rooms[r].deliveries, m->rooms[r].p50,
               m->rooms[r].p99, m->rooms[r].longest);
    puts("]}");
    fflush(stdout);
}

int main(int count, char **arguments) {
    struct plan plan = read_plan(count, arguments);
    struct measures measures = {0};
    enter(&plan, &measures);
    char line[128];
    while (wait_for_line(line, sizeof line)) {
        struct round round;
        int stalled;
        if (sscanf(line, "%lf %lf %d", &round.warm, &round.measure, &stalled) != 3)
            fail("A round is WARM MEASURE STALLED.");
        round.stalled = stalled;
        run(&round);
        print(&plan, &measures);
    }
    return 0;
}

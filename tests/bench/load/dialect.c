#include "load.h"

#include <stdio.h>
#include <string.h>

static int say_plain(char *out, size_t size, const char *room, unsigned number, const char *body) {
    (void)room, (void)number;
    return snprintf(out, size, "%s", body);
}

static int say_socket_io(char *out, size_t size, const char *room, unsigned number, const char *body) {
    (void)room, (void)number;
    return snprintf(out, size, "42[\"chat message\",\"%s\"]", body);
}

static int say_parlor(char *out, size_t size, const char *room, unsigned number, const char *body) {
    return snprintf(out, size,
                    "{\"type\":\"chat\",\"id\":\"%u\",\"room\":\"%s\",\"message\":\"%s\"}", number,
                    room, body);
}

static const struct dialect DIALECTS[] = {
    /* A message is a frame, and whoever is connected is in. */
    {.name = "plain", .path = "/?room=%s", .say = say_plain},
    /* Engine.IO 4 straight over WebSocket, without the long-polling start. */
    {.name = "socket.io",
     .path = "/socket.io/?EIO=4&transport=websocket&room=%s",
     .greeting = "0{",
     .enter = "40",
     .entered = "40{",
     .ping = "2",
     .pong = "3",
     .say = say_socket_io},
    {.name = "parlor",
     .path = "/ws?name=%s",
     .subprotocol = "parlor.v1",
     .greeting = "[{\"type\":\"welcome\"",
     .enter = "{\"type\":\"join\",\"room\":\"%s\"}",
     .entered = "[{\"type\":\"joined\"",
     .say = say_parlor},
};

const struct dialect *find_dialect(const char *name) {
    for (size_t i = 0; i < sizeof DIALECTS / sizeof *DIALECTS; i++)
        if (strcmp(DIALECTS[i].name, name) == 0) return &DIALECTS[i];
    return NULL;
}

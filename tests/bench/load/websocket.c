#include "load.h"

#include <string.h>

size_t read_frame(const unsigned char *data, size_t size, struct frame *frame) {
    if (size < 2) return 0;
    size_t header = 2;
    uint64_t length = data[1] & 0x7f;
    if (length == 126) {
        if (size < 4) return 0;
        length = (uint64_t)data[2] << 8 | data[3];
        header = 4;
    } else if (length == 127) {
        if (size < 10) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | data[i];
        header = 10;
    }
    if (!(data[0] & 0x80) || (data[1] & 0x80)) fail("The server sent a masked or divided frame.");
    if (size - header < length) return 0;
    frame->opcode = data[0] & 0x0f;
    frame->payload = data + header;
    frame->length = length;
    return header + length;
}

/* Masks need to differ, not to be secret, here; the same run gives the same ones. */
static uint32_t next_mask(void) {
    static uint32_t state = 0x9e3779b9;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

size_t write_frame(unsigned char *out, int opcode, const void *payload, size_t length) {
    size_t at = 0;
    out[at++] = 0x80 | opcode;
    if (length < 126) {
        out[at++] = 0x80 | length;
    } else if (length < 65536) {
        out[at++] = 0x80 | 126;
        out[at++] = length >> 8;
        out[at++] = length & 0xff;
    } else {
        fail("The load sends no frames of %zu bytes.", length);
    }
    uint32_t mask = next_mask();
    unsigned char key[4];
    memcpy(key, &mask, 4);
    memcpy(out + at, key, 4);
    at += 4;
    const unsigned char *plain = payload;
    for (size_t i = 0; i < length; i++) out[at + i] = plain[i] ^ key[i & 3];
    return at + length;
}

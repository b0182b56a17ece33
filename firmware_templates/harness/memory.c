#include <stdint.h>
#include <string.h>

#undef memcpy
#undef memmove
#undef memset

/* A word that may alias any other object, as the bytes these functions move do. */
typedef uint32_t __attribute__((may_alias)) an_word;

#define WORD ((size_t)sizeof(an_word))

/* Lowest byte first: also right when the regions overlap and the destination is the lower one. */
static inline void copy_upwards(uint8_t *to, const uint8_t *from, size_t bytes) {
    if ((((uintptr_t)to | (uintptr_t)from) % WORD) == 0u) {
        for (; bytes >= WORD; bytes -= WORD, to += WORD, from += WORD) {
            *(an_word *)(void *)to = *(const an_word *)(const void *)from;
        }
    }
    for (; bytes != 0u; bytes--) {
        *to++ = *from++;
    }
}

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes) {
    copy_upwards(destination, source, bytes);
    return destination;
}

void *memmove(void *destination, const void *source, size_t bytes) {
    uint8_t *to = destination;
    const uint8_t *from = source;
    if ((uintptr_t)to <= (uintptr_t)from) {
        copy_upwards(to, from, bytes);
        return destination;
    }
    while (bytes != 0u) {
        bytes--;
        to[bytes] = from[bytes];
    }
    return destination;
}

void *memset(void *destination, int value, size_t bytes) {
    uint8_t *to = destination;
    const uint8_t byte = (uint8_t)value;
    for (; bytes != 0u && (uintptr_t)to % WORD != 0u; bytes--) {
        *to++ = byte;
    }
    for (; bytes >= WORD; bytes -= WORD, to += WORD) {
        *(an_word *)(void *)to = byte * 0x01010101u;
    }
    for (; bytes != 0u; bytes--) {
        *to++ = byte;
    }
    return destination;
}

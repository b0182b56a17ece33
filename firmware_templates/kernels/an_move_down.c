#include "an_stream.h"

static inline uint32_t word_at(const int8_t *bytes)
{
    uint32_t word;
    __builtin_memcpy(&word, __builtin_assume_aligned(bytes, 4), 4);
    return word;
}

static inline void set_word(int8_t *bytes, uint32_t word)
{
    __builtin_memcpy(__builtin_assume_aligned(bytes, 4), &word, 4);
}

/* Sixteen bytes at a time where both addresses are multiples of four: all are read before any is written. */
void an_move_down(int8_t *to, const int8_t *from, int32_t bytes)
{
    const int32_t aligned = (((uintptr_t)to | (uintptr_t)from) & 3) == 0;

    for (; aligned && bytes >= 16; bytes -= 16, to += 16, from += 16) {
        const uint32_t first = word_at(from), second = word_at(from + 4), third = word_at(from + 8), fourth = word_at(from + 12);
        set_word(to, first);
        set_word(to + 4, second);
        set_word(to + 8, third);
        set_word(to + 12, fourth);
    }
    for (; bytes > 0; bytes--) {
        *to++ = *from++;
    }
}

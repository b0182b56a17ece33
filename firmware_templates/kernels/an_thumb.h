/* What the smallest cores, which have sixteen-bit instructions only, do in assembly, and the same in C for all others. */
#ifndef AN_THUMB_H
#define AN_THUMB_H

#include <stdint.h>

#include "an_fixed_point.h"
#include "an_kernels.h"

/* an_high_multiply for |a| < 2^30 and positive b: its middle, which is less than 2^31 + 2^30 in magnitude, is made positive. */
static inline int32_t an_thumb_high_multiply(int32_t a, int32_t b)
{
    const uint32_t a_low = (uint32_t)a & 0xFFFFu, b_low = (uint32_t)b & 0xFFFFu, b_high = (uint32_t)b >> 16;
    const uint32_t middle = (uint32_t)(a >> 16) * b_low + a_low * b_high + (a_low * b_low >> 16) + (1u << 30) + (1u << 14);
    return (a >> 16) * (int32_t)b_high * 2 + (int32_t)(middle >> 15) - (1 << 15);
}

/* What outputs have in common. */
typedef struct {
    int32_t excess;   /* of every sum */
    int32_t rounding; /* 2 * zero point + 1 */
    int32_t low, high;
} an_thumb_outputs;

/* All channels of 3x3 taps. */
typedef struct {
    int32_t channels;
    int32_t rounding; /* 2 * zero point + 1 */
    int32_t low, high;
} an_thumb_line;

#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1

/* Sums of products of one position with blocks of eight channels. Values and weights are bytes, 128 too large; of weights there are, for
 * every block and every value, eight. The depth is a multiple of four. */
void an_thumb_multiply(const int8_t *values, const int8_t *weights, int32_t *sums, int32_t depth, int32_t blocks);

/* Whole words of bytes, at most 256 of them, made 128 larger; their sum. Both ends are aligned to 4. */
int32_t an_thumb_enlarge(int8_t *output, const int8_t *input, int32_t bytes);

/* Bytes from sums below 2^30 in magnitude. A channel's shift goes to the right and is one less than that. */
void an_thumb_requantize(const int32_t *sums, const an_channel *channels, int8_t *output, int32_t count,
                         const an_thumb_outputs *outputs);

/* One position: values are unsigned, nine weights of every channel follow each other, channels are as above. */
void an_thumb_slide(const int8_t *const rows[3], const int8_t *weights, const an_channel *channels, int8_t *output,
                    const an_thumb_line *line);

#else

static inline void an_thumb_multiply(const int8_t *values, const int8_t *weights, int32_t *sums, int32_t depth, int32_t blocks)
{
    for (int32_t block = 0; block < blocks; block++, sums += 8) {
        for (int32_t channel = 0; channel < 8; channel++) {
            sums[channel] = 0;
            for (int32_t k = 0; k < depth; k++) {
                sums[channel] += (uint8_t)values[k] * (uint8_t)weights[8 * k + channel];
            }
        }
        weights += 8 * depth;
    }
}

static inline int32_t an_thumb_enlarge(int8_t *output, const int8_t *input, int32_t bytes)
{
    int32_t sum = 0;
    for (; bytes > 0; bytes--) {
        *output = (int8_t)(*input++ ^ -128);
        sum += (uint8_t)*output++;
    }
    return sum;
}

static inline void an_thumb_requantize(const int32_t *sums, const an_channel *channels, int8_t *output, int32_t count,
                                       const an_thumb_outputs *outputs)
{
    for (; count > 0; count--, channels++) {
        const int32_t sum = *sums++ - outputs->excess + channels->bias;
        const int32_t high = an_high_multiply(sum, channels->multiplier) - (sum < 0 ? 1 : 0);
        const int32_t shifted = (high + outputs->rounding * (1 << channels->shift)) >> (channels->shift + 1);
        *output++ = (int8_t)an_clamp(shifted, outputs->low, outputs->high);
    }
}

static inline void an_thumb_slide(const int8_t *const rows[3], const int8_t *weights, const an_channel *channels, int8_t *output,
                                  const an_thumb_line *line)
{
    const an_thumb_outputs outputs = {0, line->rounding, line->low, line->high};
    for (int32_t channel = 0; channel < line->channels; channel++) {
        int32_t sum = 0;
        for (int32_t tap = 0; tap < 9; tap++) {
            sum += (uint8_t)rows[tap / 3][tap % 3 * line->channels + channel] * weights[9 * channel + tap];
        }
        an_thumb_requantize(&sum, channels + channel, output + channel, 1, &outputs);
    }
}

#endif

#endif

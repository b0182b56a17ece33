/* What cores with the DSP extension do in assembly, and the same in C for all others: a host, where the C around it is tested. */
#ifndef AN_DSP_H
#define AN_DSP_H

#include <stdint.h>

#include "an_kernels.h"

/* One block of a matrix product: four output channels of 2 * pairs positions. */
typedef struct {
    int32_t depth;       /* values per position and channel, a multiple of 4, at least 4 */
    int32_t pairs;       /* of positions, at least 1 */
    int32_t output_step; /* bytes from one position's outputs to the next one's */
    int32_t rounding;    /* 2 * output zero point + 1 */
    int32_t clamped;     /* whether the limits below say more than the type does */
    uint32_t low, high;  /* the same limits in four bytes each */
} an_dsp_block;

/* Four output channels: biases with the input's zero point folded in, and for each a multiplier and how far beyond 33 bits it shifts. */
typedef struct {
    int32_t biases[4];
    struct {
        int32_t multiplier, shift;
    } factors[4];
} an_dsp_channels;

/* Runs of values, to be taken in fours. */
typedef struct {
    int32_t fours, rows; /* of a run, and how many runs; at least 1 */
    int32_t row_step;    /* bytes from one run to the next */
} an_dsp_runs;

/* A row of values times blocks of four output channels. */
typedef struct {
    int32_t eights; /* of values, at least 1 */
    int32_t blocks; /* at least 1 */
    int32_t offset; /* which every sum is too large by: see an_dsp_fold */
    int32_t rounding; /* as in an_dsp_block, and so are the others */
    int32_t clamped;
    uint32_t low, high;
} an_dsp_row;

#define AN_DSP_SEGMENT 32 /* eights of values whose sums fit into 24 bits */

/* Lines of a plane: one channel of a part of an image, as int16. */
#define AN_DSP_LINE 18 /* values: what sixteen outputs in steps of one need, or eight in steps of two */

/* What is copied into four planes: from each of a number of lines, values that lie side by side in the planes. */
typedef struct {
    int32_t lines, count; /* of values in a line, at least 1 */
    int32_t step, line_step; /* bytes in the input from value to value and from line to line */
    int32_t plane_bytes;
} an_dsp_gathering;

/* Where the windows of 3x3 taps stand: the outputs of a line end at the end of the plane's lines. */
typedef struct {
    int32_t lines, outputs; /* outputs in a line: 1 to 16, or 1 to 8 in steps of two */
    int32_t plane_step;     /* bytes in the plane from one line of outputs to the next one's */
    int32_t step, line_step; /* the same in the output, and from output to output */
    int32_t rounding;
} an_dsp_sliding;

#ifdef __ARM_FEATURE_DSP

/* Four bytes at any address. */
static inline uint32_t an_dsp_load(const int8_t *bytes)
{
    uint32_t word;
    __builtin_memcpy(&word, bytes, 4);
    return word;
}

static inline void an_dsp_store(int8_t *bytes, uint32_t word)
{
    __builtin_memcpy(bytes, &word, 4);
}

/* Bytes 0 and 2 of a word, or 1 and 3, added to two sums of 16 bits. */
static inline uint32_t an_dsp_add_even(uint32_t sums, uint32_t word)
{
    uint32_t result;
    __asm__("sxtab16 %0, %1, %2" : "=r"(result) : "r"(sums), "r"(word));
    return result;
}

static inline uint32_t an_dsp_add_odd(uint32_t sums, uint32_t word)
{
    uint32_t result;
    __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(sums), "r"(word));
    return result;
}

/* Two sums of 16 bits over 2^shift, halves away from zero, as bytes 0 and 2: to half the divisor, less one for negative sums, is added,
 * and each sum is halved once with that and then with nothing. */
static inline uint32_t an_dsp_mean(uint32_t sums, int32_t shift)
{
    const uint32_t half = 0x10001u << (shift - 1), less = half - 0x10001u;
    uint32_t mean;
    __asm__("ssub16 %0, %1, %4\n\tsel %0, %2, %3\n\tshadd16 %0, %1, %0"
            : "=&r"(mean)
            : "r"(sums), "r"(half), "r"(less), "r"(0));
    for (; shift > 1; shift--) {
        __asm__("shadd16 %0, %0, %1" : "+r"(mean) : "r"(0));
    }
    return mean & 0x00FF00FFu;
}

/* The larger of each two bytes. */
static inline uint32_t an_dsp_max(uint32_t a, uint32_t b)
{
    uint32_t result;
    __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b));
    return result;
}

/* Values: for every pair of positions and every four values k of each, the int16 pairs (k, k + 2) of the first position and of the
 * second, then (k + 1, k + 3) likewise. Weights: for every four values, (k, k + 2) of each channel, then (k + 1, k + 3). */
void an_dsp_multiply(const int16_t *values, const int16_t *weights, const an_dsp_channels *channels, int8_t *output,
                     const an_dsp_block *block);

/* Four values of each of two positions at a time into the order above; returns the end of what was written. */
int16_t *an_dsp_interleave(const int8_t *first, const int8_t *second, int16_t *output, const an_dsp_runs *runs);

/* Eight weights at a time from (a0, b0, a2, b2), (c0, d0, c2, d2) of channels a to d into the order above; both ends are aligned to 4. */
void an_dsp_widen(const int8_t *packed, int32_t eights, int16_t *output);

/* A word of weights a, b, c, d, where a and c are bytes from 0 to 255, is two int16 as it is: 256 * b + a and 256 * d + c. Of four values w, x, y, z
 * this makes the pair 256 * w - x, 256 * y - z and then the pair x, z, with x and z 127 smaller, so that all fit into int16. The word times the
 * second pair and a, c times the first one are 256 * (a * w + b * x + c * y + d * z) together.
 * Returns 128 times the sum of all w and y, which is what sums are too large by if a and c are weights that 128 was added to. */
int32_t an_dsp_fold(const int8_t *values, int32_t eights, int16_t *output);

/* Values as an_dsp_fold makes them. Weights: for every block and every four values, a word of each channel as above, aligned to 4. Biases make up
 * for the 127. Sums of 256 values are shifted to the right and added up. */
void an_dsp_multiply_row(const int16_t *values, const int8_t *weights, const an_dsp_channels *channels, int8_t *output,
                         const an_dsp_row *row);

/* Four channels at `input` of lines of values; `first` is the place of the first value in the first of four planes. */
void an_dsp_gather(const int8_t *input, int16_t *first, const an_dsp_gathering *what);

/* Weights: for each of three lines (w0, w1, w1, w2). The outputs of one channel, in steps of one and of two values of a plane's line. */
void an_dsp_slide_by_1(const int16_t *plane, int8_t *output, const int8_t *weights, const an_channel *channel,
                       const an_dsp_sliding *where);
void an_dsp_slide_by_2(const int16_t *plane, int8_t *output, const int8_t *weights, const an_channel *channel,
                       const an_dsp_sliding *where);

/* Four values at a time. */
void an_dsp_add_fours(const int8_t *first, const int8_t *second, int8_t *output, int32_t fours, const an_dsp_add_params *params);
void an_dsp_mul_fours(const int8_t *first, const int8_t *second, int8_t *output, int32_t fours, const an_dsp_mul_params *params);

#else
#include "an_dsp_in_c.h"
#endif

#endif

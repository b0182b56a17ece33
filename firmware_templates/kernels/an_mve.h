/* What cores with Helium do in assembly, and the same in C for all others: a host, where the C around it is tested. */
#ifndef AN_MVE_H
#define AN_MVE_H

#include <stdint.h>

#include "an_kernels.h"

/* Four channels: biases with the input's zero point folded in, and how their sums are requantized (shifts to the right are negative). */
typedef struct {
    int32_t biases[4], multipliers[4], shifts[4];
} an_mve_channels;

/* A matrix product of three positions, or of one, by blocks of four output channels. */
typedef struct {
    int32_t steps;  /* of sixteen values, at least 1 */
    int32_t blocks; /* at least 1 */
    int32_t zero_point, low, high; /* of the output */
} an_mve_product;

/* Runs of bytes that are written one after another. */
typedef struct {
    int32_t bytes, rows; /* of a run, and how many runs; at least 1 */
    int32_t row_step;    /* bytes from one run to the next */
} an_mve_runs;

/* A line of outputs of 3x3 taps. */
typedef struct {
    int32_t positions;
    int32_t channels; /* at least 16 */
    int32_t step;     /* bytes in the input from one position to the next */
    int32_t zero_point, low, high; /* of the output */
} an_mve_line;

#ifdef __ARM_FEATURE_MVE

/* Weights: for every four channels and each two of them, sixteen values of the first and of the second by turns. Outputs of a position
 * are neighbours. */
void an_mve_multiply(const int8_t *const values[3], const int8_t *weights, const an_mve_channels *channels, int8_t *const outputs[3],
                     const an_mve_product *product);

/* The same for one position. Weights: for every four channels, sixteen values of each by turns. */
void an_mve_multiply_row(const int8_t *values, const int8_t *weights, const an_mve_channels *channels, int8_t *output,
                         const an_mve_product *product);

int8_t *an_mve_copy(int8_t *output, const int8_t *input, const an_mve_runs *runs);

/* Weights: for every sixteen channels, the last of which may begin at an earlier channel, nine taps. Channels: for the first of each four
 * of these channels, the third, the second and the fourth, as an_mve_channels. No two weights that follow each other are both -128. */
void an_mve_slide(const int8_t *const rows[3], const int8_t *weights, const an_mve_channels *channels, int8_t *output,
                  const an_mve_line *line);

/* Windows of 2x2. */
void an_mve_pool_row(const int8_t *input, int8_t *output, const an_mve_windows *windows);

/* Sums and products of four bytes each; the last vector may be shorter. */
void an_mve_add_all(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_add_params *params);
void an_mve_mul_all(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_mul_params *params);

#else
#include "an_mve_in_c.h"
#endif

#endif

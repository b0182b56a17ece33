/* The kernels that generated models call: one function per file, named after the function.
 *
 * Tensors are int8, row-major, NHWC where they have four axes; wider items are little endian and need no alignment. Every kernel takes its input tensors, its output tensor, its constants
 * and its parameters, in this order. All sizes are known at build time, so no kernel checks them. Results equal the reference kernels
 * of TensorFlow Lite Micro byte for byte. Needs 32-bit int, two's complement and arithmetic right shifts, as every Cortex-M compiler has.
 */
#ifndef AN_KERNELS_H
#define AN_KERNELS_H

#include <stdint.h>

/* Requantization of one output channel: out = (accumulator + bias) * multiplier * 2^(shift - 31). */
typedef struct {
    int32_t bias;
    int32_t multiplier;
    int32_t shift;
} an_channel;

typedef struct {
    int32_t batches;
    int32_t input_height, input_width, input_channels;
    int32_t output_height, output_width, output_channels;
    int32_t kernel_height, kernel_width, kernel_channels; /* kernel_channels: input channels of one group */
    int32_t channels_per_group;                           /* output channels of one group */
    int32_t stride_height, stride_width;
    int32_t dilation_height, dilation_width;
    int32_t padding_top, padding_left;
    int32_t input_zero_point, output_zero_point;
    int32_t activation_min, activation_max;
} an_conv_2d_params;

void an_conv_2d(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                const an_conv_2d_params *params);

typedef struct {
    int32_t batches;
    int32_t input_height, input_width, input_channels;
    int32_t output_height, output_width;
    int32_t depth_multiplier;
    int32_t kernel_height, kernel_width;
    int32_t stride_height, stride_width;
    int32_t dilation_height, dilation_width;
    int32_t padding_top, padding_left;
    int32_t input_zero_point, output_zero_point;
    int32_t activation_min, activation_max;
} an_depthwise_conv_2d_params;

void an_depthwise_conv_2d(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                          const an_depthwise_conv_2d_params *params);

typedef struct {
    int32_t batches;
    int32_t input_height, input_width, input_channels;
    int32_t output_height, output_width, output_channels;
    int32_t kernel_height, kernel_width;
    int32_t stride_height, stride_width;
    int32_t padding_top, padding_left; /* what is dropped before the first row and column of the output */
    int32_t input_zero_point, output_zero_point;
    int32_t activation_min, activation_max;
} an_transpose_conv_params;

void an_transpose_conv(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                       const an_transpose_conv_params *params);

typedef struct {
    int32_t rows, input_size, output_size;
    int32_t input_zero_point, weights_zero_point, output_zero_point;
    int32_t activation_min, activation_max;
} an_fully_connected_params;

void an_fully_connected(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                        const an_fully_connected_params *params);

/* Products of matrices [rows][depth] and [depth][columns], or of their transposes, over four axes as in elementwise operators. */
typedef struct {
    int32_t sizes[4], first_steps[4], second_steps[4];
    int32_t rows, depth, columns;
    int32_t first_row_step, first_depth_step;
    int32_t second_depth_step, second_column_step;
    int32_t first_zero_point, second_zero_point;
    int32_t output_zero_point, output_multiplier, output_shift;
} an_batch_matmul_params;

void an_batch_matmul(const int8_t *first, const int8_t *second, int8_t *output, const an_batch_matmul_params *params);

typedef struct {
    int32_t batches;
    int32_t input_height, input_width, channels;
    int32_t output_height, output_width;
    int32_t window_height, window_width;
    int32_t stride_height, stride_width;
    int32_t padding_top, padding_left;
    int32_t activation_min, activation_max;
} an_pool_2d_params;

void an_average_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params);
void an_max_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params);

/* Elementwise over four axes; a step of 0 repeats the operand along that axis. */
typedef struct {
    int32_t sizes[4], first_steps[4], second_steps[4];
    int32_t first_zero_point, first_multiplier, first_shift;
    int32_t second_zero_point, second_multiplier, second_shift;
    int32_t left_shift;
    int32_t output_zero_point, output_multiplier, output_shift;
    int32_t activation_min, activation_max;
} an_add_params;

void an_add(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);
void an_sub(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);
void an_squared_difference(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);

/* Comparisons, which have no use for the output's parameters: 0 or 1. */
void an_equal(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);
void an_not_equal(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);
void an_greater(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);
void an_greater_equal(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params);

typedef struct {
    int32_t sizes[4], first_steps[4], second_steps[4];
    int32_t first_zero_point, second_zero_point;
    int32_t output_zero_point, output_multiplier, output_shift;
    int32_t activation_min, activation_max;
} an_mul_params;

void an_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_mul_params *params);

typedef struct {
    int32_t sizes[4], first_steps[4], second_steps[4];
} an_minimum_maximum_params;

void an_minimum(const int8_t *first, const int8_t *second, int8_t *output, const an_minimum_maximum_params *params);
void an_maximum(const int8_t *first, const int8_t *second, int8_t *output, const an_minimum_maximum_params *params);

/* The first operand where it is not negative, else times the second, alpha. */
typedef struct {
    int32_t sizes[4], first_steps[4], second_steps[4];
    int32_t first_zero_point, second_zero_point, output_zero_point;
    int32_t identity_multiplier, identity_shift;
    int32_t alpha_multiplier, alpha_shift;
} an_prelu_params;

void an_prelu(const int8_t *first, const int8_t *second, int8_t *output, const an_prelu_params *params);

/* The first operand's item where the condition is not 0, else the second's; the steps of both are in bytes. */
typedef struct {
    int32_t sizes[4], condition_steps[4], first_steps[4], second_steps[4];
    int32_t item_bytes;
} an_select_params;

void an_select(const int8_t *condition, const int8_t *first, const int8_t *second, int8_t *output,
               const an_select_params *params);

/* Sums over some axes, scaled: every output is a sum over four reduced axes; kept and reduced axes step through the input. */
typedef struct {
    int32_t kept_sizes[4], kept_steps[4];
    int32_t reduced_sizes[4], reduced_steps[4];
    int32_t zero_point_sum; /* input zero point times the number of values in a sum */
    int32_t output_zero_point, output_multiplier, output_shift;
} an_sum_params;

void an_sum(const int8_t *input, int8_t *output, const an_sum_params *params);

/* Running sums of size values, step apart, in every column of every block; a value may be left out of its own sum. */
typedef struct {
    int32_t blocks, columns, size;
    int32_t start, step;
    int32_t exclusive;
    int32_t input_zero_point, left_shift;
    int32_t output_zero_point, output_multiplier, output_shift;
} an_cumsum_params;

void an_cumsum(const int8_t *input, int8_t *output, const an_cumsum_params *params);

/* Elementwise sums of count tensors that lie one behind the other. */
typedef struct {
    int32_t count, size;
    int32_t input_zero_point, left_shift;
    int32_t output_zero_point, output_multiplier, output_shift;
} an_add_n_params;

void an_add_n(const int8_t *input, int8_t *output, const an_add_n_params *params);

/* The largest values over some axes; with a complement of -1, which reverses their order, the smallest. */
typedef struct {
    int32_t kept_sizes[4], kept_steps[4];
    int32_t reduced_sizes[4], reduced_steps[4];
    int32_t complement;
} an_reduce_max_params;

void an_reduce_max(const int8_t *input, int8_t *output, const an_reduce_max_params *params);

/* The position of the first largest (with a complement of -1: smallest) of size values, step apart; items of 4 or 8 bytes. */
typedef struct {
    int32_t blocks, size, step;
    int32_t complement;
    int32_t item_bytes;
} an_arg_max_params;

void an_arg_max(const int8_t *input, int8_t *output, const an_arg_max_params *params);

/* output = table[input + 128] */
typedef struct {
    int32_t size;
} an_lookup_params;

void an_lookup(const int8_t *input, int8_t *output, const int8_t *table, const an_lookup_params *params);
/* The same with 32-bit entries, written little endian. */
void an_lookup_32(const int8_t *input, int8_t *output, const int32_t *table, const an_lookup_params *params);

/* Floats in, little endian: output = input / scale, rounded, plus the zero point; scale_bits are the bits of a float. */
typedef struct {
    int32_t size;
    int32_t scale_bits, output_zero_point;
} an_quantize_params;

void an_quantize(const int8_t *input, int8_t *output, const an_quantize_params *params);

/* Elementwise on floats, little endian; steps count items. Limits are the bits of floats, for the kernels that have a fused activation. */
typedef struct {
    int32_t sizes[4], first_steps[4], second_steps[4];
    int32_t min_bits, max_bits;
} an_float_binary_params;

typedef struct {
    int32_t size;
    int32_t alpha_bits; /* of LEAKY_RELU alone */
} an_float_unary_params;

void an_float_add(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);
void an_float_sub(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);
void an_float_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);
void an_float_div(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);
void an_float_minimum(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);
void an_float_maximum(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);
void an_float_squared_difference(const int8_t *first, const int8_t *second, int8_t *output,
                                 const an_float_binary_params *params);
void an_float_prelu(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params);

void an_float_neg(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_abs(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_square(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_floor(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_ceil(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_round(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_relu(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_relu6(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_leaky_relu(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_hard_swish(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_sqrt(const int8_t *input, int8_t *output, const an_float_unary_params *params);
void an_float_rsqrt(const int8_t *input, int8_t *output, const an_float_unary_params *params);

typedef struct {
    int32_t batches;
    int32_t input_height, input_width, channels;
    int32_t output_height, output_width;
} an_resize_params;

/* rows and columns hold the input position of every output position. */
void an_resize_nearest_neighbor(const int8_t *input, int8_t *output, const int16_t *rows, const int16_t *columns,
                                const an_resize_params *params);
/* The same with positions in steps of 1/1024, none behind the last row or column; interpolates between four neighbours. */
void an_resize_bilinear(const int8_t *input, int8_t *output, const int32_t *rows, const int32_t *columns,
                        const an_resize_params *params);

typedef struct {
    int32_t sizes[4];  /* of the input */
    int32_t before[4]; /* padding before and after each axis */
    int32_t after[4];
    int32_t value;
} an_pad_params;

void an_pad(const int8_t *input, int8_t *output, const an_pad_params *params);

/* Copies dense blocks of the input to every output_step bytes of the output, from output_offset on. */
typedef struct {
    int32_t blocks, block_size;
    int32_t output_step, output_offset;
} an_copy_blocks_params;

void an_copy_blocks(const int8_t *input, int8_t *output, const an_copy_blocks_params *params);

/* Fills the dense output with blocks of bytes, walking the input over five axes; steps are in bytes and may be 0 or negative. */
typedef struct {
    int32_t sizes[5], steps[5];
    int32_t offset, block_size;
} an_move_params;

void an_move(const int8_t *input, int8_t *output, const an_move_params *params);

/* The same with tables in place of steps: positions holds sizes[0] offsets into the input for the first axis, and so on. */
typedef struct {
    int32_t repeats, repeat_step; /* of all this, every repeat_step bytes of the input */
    int32_t sizes[4];
    int32_t block_size;
} an_gather_params;

void an_gather(const int8_t *input, int8_t *output, const int32_t *positions, const an_gather_params *params);

/* The positions of each block of the padded input become batches of their own. */
typedef struct {
    int32_t batches;
    int32_t input_height, input_width, channels;
    int32_t output_height, output_width;
    int32_t block_height, block_width;
    int32_t padding_top, padding_left;
    int32_t value;
} an_space_to_batch_params;

void an_space_to_batch(const int8_t *input, int8_t *output, const an_space_to_batch_params *params);

typedef struct {
    int32_t rows, size;
    int32_t table_size;
} an_softmax_params;

/* exponentials[i] is exp of -i input steps in Q0.31; inputs further than table_size below the maximum count as zero. */
void an_softmax(const int8_t *input, int8_t *output, const int32_t *exponentials, const an_softmax_params *params);

typedef struct {
    int32_t rows, size;
    int32_t table_size;
    int32_t inverse_multiplier, inverse_shift; /* from Q5.26 to input steps */
} an_log_softmax_params;

/* exponentials[i] is exp of -i input steps in Q0.31, differences[i] are -i input steps in Q5.26. */
void an_log_softmax(const int8_t *input, int8_t *output, const int32_t *exponentials, const int32_t *differences,
                    const an_log_softmax_params *params);

/* Every row over its Euclidean norm, in steps of 1/128. */
typedef struct {
    int32_t rows, size;
    int32_t input_zero_point;
} an_l2_normalization_params;

void an_l2_normalization(const int8_t *input, int8_t *output, const an_l2_normalization_params *params);

/* A state holds the last values of every filter, the newest at the end, as items of one or two bytes, little endian. */
typedef struct {
    int32_t batches, input_size, filters, memory;
    int32_t item_bytes;
    int32_t input_zero_point;
    int32_t state_min, state_max;
    int32_t multiplier, shift;
} an_svdf_state_params;

/* The new state: without the oldest value of every filter, and with one that it makes of the input. */
void an_svdf_state(const int8_t *input, const int8_t *state, int8_t *output, const int8_t *weights,
                   const an_svdf_state_params *params);

typedef struct {
    int32_t batches, units;
    int32_t unit_size; /* items of the state that a unit sums over */
    int32_t item_bytes;
    int32_t output_zero_point;
    int32_t multiplier, shift;
} an_svdf_params;

void an_svdf(const int8_t *state, int8_t *output, const int8_t *weights, const int32_t *biases, const an_svdf_params *params);

#include "an_special_kernels.h"

#endif

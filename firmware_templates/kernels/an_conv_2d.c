#include "an_kernels.h"
#include "an_window.h"

/* The taps of one output position that lie inside the input: rows of runs of neighbouring values, in the input and in the filter. */
typedef struct {
    const int8_t *values;
    int32_t rows, runs, length;
    int32_t value_row_step, value_run_step;
    int32_t tap_offset, tap_row_step, tap_run_step;
    int32_t zero_point;
} patch;

static int32_t dot(const patch *taken, const int8_t *filter, int32_t sum)
{
    for (int32_t row = 0; row < taken->rows; row++) {
        for (int32_t run = 0; run < taken->runs; run++) {
            const int8_t *value = taken->values + row * taken->value_row_step + run * taken->value_run_step;
            const int8_t *tap = filter + taken->tap_offset + row * taken->tap_row_step + run * taken->tap_run_step;
            for (int32_t k = taken->length; k > 0; k--) {
                sum += (*value++ - taken->zero_point) * *tap++;
            }
        }
    }
    return sum;
}

/* Four filters over one run: every value is loaded for four multiplications. A function of its own keeps the loop in registers. */
static __attribute__((noinline)) void run_4(const int8_t *value, int32_t length, int32_t zero_point, const int8_t *tap0,
                                            int32_t filter_step, int32_t *sums)
{
    const int8_t *tap1 = tap0 + filter_step, *tap2 = tap1 + filter_step, *tap3 = tap2 + filter_step;
    const int8_t *const end = value + length;
    int32_t sum0 = sums[0], sum1 = sums[1], sum2 = sums[2], sum3 = sums[3];
    while (value != end) {
        const int32_t centered = *value++ - zero_point;
        sum0 += centered * *tap0++;
        sum1 += centered * *tap1++;
        sum2 += centered * *tap2++;
        sum3 += centered * *tap3++;
    }
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
}

static void dot_4(const patch *taken, const int8_t *filter, int32_t filter_step, int32_t *sums)
{
    for (int32_t row = 0; row < taken->rows; row++) {
        for (int32_t run = 0; run < taken->runs; run++) {
            const int8_t *value = taken->values + row * taken->value_row_step + run * taken->value_run_step;
            const int8_t *tap = filter + taken->tap_offset + row * taken->tap_row_step + run * taken->tap_run_step;
            run_4(value, taken->length, taken->zero_point, tap, filter_step, sums);
        }
    }
}

static int8_t finished(int32_t sum, const an_channel *channel, const an_conv_2d_params *params)
{
    const int32_t scaled = an_rescale(sum, channel->multiplier, channel->shift, params->output_zero_point);
    return (int8_t)an_clamp(scaled, params->activation_min, params->activation_max);
}

/* All output channels of one position. */
static int8_t *convolve(patch *taken, int8_t *output, const int8_t *filter, const an_channel *channel,
                        const an_conv_2d_params *params)
{
    const int32_t filter_step = params->kernel_height * params->kernel_width * params->kernel_channels;
    for (int32_t group = 0; group < params->input_channels; group += params->kernel_channels) {
        int32_t left = params->channels_per_group;
        for (; left >= 4; left -= 4) {
            int32_t sums[4] = {channel[0].bias, channel[1].bias, channel[2].bias, channel[3].bias};
            dot_4(taken, filter, filter_step, sums);
            for (int32_t i = 0; i < 4; i++) {
                *output++ = finished(sums[i], channel++, params);
            }
            filter += 4 * filter_step;
        }
        for (; left > 0; left--) {
            *output++ = finished(dot(taken, filter, channel->bias), channel, params);
            channel++;
            filter += filter_step;
        }
        taken->values += params->kernel_channels;
    }
    return output;
}

/* Weights: [output channel][kernel row][kernel column][input channel of the group]. */
void an_conv_2d(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                const an_conv_2d_params *params)
{
    const int32_t depth = params->kernel_channels;
    const int32_t row_size = params->input_width * params->input_channels;
    /* Without groups and horizontal dilation, the taps of a row are neighbours: one run. */
    const int32_t dense = depth == params->input_channels && params->dilation_width == 1;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->kernel_height, params->dilation_height, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->kernel_width, params->dilation_width, params->input_width);
                const int32_t taps = columns.last - columns.first;
                patch taken;
                taken.values = input + an_first_inside(top, rows, params->dilation_height) * row_size +
                               an_first_inside(left, columns, params->dilation_width) * params->input_channels;
                taken.rows = rows.last - rows.first;
                taken.runs = dense ? 1 : taps;
                taken.length = dense ? taps * depth : depth;
                taken.value_row_step = params->dilation_height * row_size;
                taken.value_run_step = params->dilation_width * params->input_channels;
                taken.tap_offset = (rows.first * params->kernel_width + columns.first) * depth;
                taken.tap_row_step = params->kernel_width * depth;
                taken.tap_run_step = depth;
                taken.zero_point = params->input_zero_point;
                output = convolve(&taken, output, weights, channels, params);
            }
        }
        input += params->input_height * row_size;
    }
}

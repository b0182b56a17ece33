#include "an_kernels.h"
#include "an_window.h"

/* Three taps of a row. A function of its own keeps what it needs in registers. */
static __attribute__((noinline)) int32_t three(const int8_t *value, int32_t value_step, const int8_t *tap, int32_t tap_step,
                                               int32_t zero_point)
{
    return (value[0] - zero_point) * tap[0] + (value[value_step] - zero_point) * tap[tap_step] +
           (value[2 * value_step] - zero_point) * tap[2 * tap_step];
}

/* Weights: [kernel row][kernel column][output channel]; output channel c reads input channel c / depth_multiplier. */
void an_depthwise_conv_2d(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                          const an_depthwise_conv_2d_params *params)
{
    const int32_t output_channels = params->input_channels * params->depth_multiplier;
    const int32_t row_size = params->input_width * params->input_channels;
    const int32_t column_step = params->dilation_width * params->input_channels;
    const int32_t row_step = params->dilation_height * row_size;
    const int32_t zero_point = params->input_zero_point;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->kernel_height, params->dilation_height, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->kernel_width, params->dilation_width, params->input_width);
                const int32_t taps = columns.last - columns.first;
                const int8_t *value_row = input + an_first_inside(top, rows, params->dilation_height) * row_size +
                                          an_first_inside(left, columns, params->dilation_width) * params->input_channels;
                const int8_t *tap_row = weights + (rows.first * params->kernel_width + columns.first) * output_channels;
                const an_channel *channel = channels;
                for (int32_t k = 0; k < params->input_channels; k++, value_row++) {
                    for (int32_t m = 0; m < params->depth_multiplier; m++, channel++, tap_row++) {
                        const int8_t *values = value_row, *filter = tap_row;
                        int32_t sum = channel->bias;
                        for (int32_t i = rows.first; i < rows.last; i++) {
                            const int8_t *value = values, *tap = filter;
                            if (taps == 3) {
                                sum += three(value, column_step, tap, output_channels, zero_point);
                            } else {
                                for (int32_t j = taps; j > 0; j--) {
                                    sum += (*value - zero_point) * *tap;
                                    value += column_step;
                                    tap += output_channels;
                                }
                            }
                            values += row_step;
                            filter += params->kernel_width * output_channels;
                        }
                        sum = an_rescale(sum, channel->multiplier, channel->shift, params->output_zero_point);
                        *output++ = (int8_t)an_clamp(sum, params->activation_min, params->activation_max);
                    }
                }
            }
        }
        input += params->input_height * row_size;
    }
}

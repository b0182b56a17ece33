#include "an_kernels.h"
#include "an_window.h"

/* Weights: [output channel][kernel row][kernel column][input channel of the group]. */
void an_conv_2d(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                const an_conv_2d_params *params)
{
    const int32_t depth = params->kernel_channels;
    const int32_t kernel_row = params->kernel_width * depth;
    const int32_t kernel_size = params->kernel_height * kernel_row;
    const int32_t column_step = params->dilation_width * params->input_channels;
    const int32_t row_step = params->dilation_height * params->input_width * params->input_channels;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->kernel_height, params->dilation_height, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->kernel_width, params->dilation_width, params->input_width);
                const int32_t corner = (top * params->input_width + left) * params->input_channels;
                const int8_t *filter = weights;
                int32_t group_offset = 0;
                int32_t left_in_group = params->channels_per_group;
                for (int32_t c = 0; c < params->output_channels; c++) {
                    int32_t sum = channels[c].bias;
                    for (int32_t i = rows.first; i < rows.last; i++) {
                        for (int32_t j = columns.first; j < columns.last; j++) {
                            const int8_t *pixel = input + corner + i * row_step + j * column_step + group_offset;
                            const int8_t *tap = filter + i * kernel_row + j * depth;
                            for (int32_t k = 0; k < depth; k++) {
                                sum += (pixel[k] - params->input_zero_point) * tap[k];
                            }
                        }
                    }
                    sum = an_requantize(sum, channels[c].multiplier, channels[c].shift) + params->output_zero_point;
                    *output++ = (int8_t)an_clamp(sum, params->activation_min, params->activation_max);
                    filter += kernel_size;
                    if (--left_in_group == 0) {
                        left_in_group = params->channels_per_group;
                        group_offset += depth;
                    }
                }
            }
        }
        input += params->input_height * params->input_width * params->input_channels;
    }
}

#include "an_kernels.h"
#include "an_window.h"

static int32_t dot(const int8_t *values, const int8_t *taps, int32_t length, int32_t zero_point)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < length; i++) {
        sum += (values[i] - zero_point) * taps[i];
    }
    return sum;
}

/* The taps that reach one output position: every stride-th, while the input position that they read goes down. */
typedef struct {
    int32_t first, last; /* first <= tap < last, stride apart */
    int32_t position;    /* the input position of the first */
} reach;

static reach reaching(int32_t position, int32_t taps, int32_t stride, int32_t size)
{
    reach found = {position % stride, 0, position / stride};
    const int32_t skipped = an_max(found.position - (size - 1), 0);
    found.first += skipped * stride;
    found.position -= skipped;
    found.last = an_min(taps, found.first + (found.position + 1) * stride);
    return found;
}

/* Weights: [output channel][kernel row][kernel column][input channel]. Gathers what the reference scatters: the sums are the same. */
void an_transpose_conv(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                       const an_transpose_conv_params *params)
{
    const int32_t depth = params->input_channels;
    const int32_t row_size = params->input_width * depth;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const reach rows =
                reaching(y + params->padding_top, params->kernel_height, params->stride_height, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const reach columns =
                    reaching(x + params->padding_left, params->kernel_width, params->stride_width, params->input_width);
                const int8_t *filter = weights;
                for (int32_t c = 0; c < params->output_channels; c++) {
                    int32_t sum = channels[c].bias;
                    int32_t row = rows.position * row_size;
                    for (int32_t i = rows.first; i < rows.last; i += params->stride_height, row -= row_size) {
                        int32_t value = row + columns.position * depth;
                        for (int32_t j = columns.first; j < columns.last; j += params->stride_width, value -= depth) {
                            const int8_t *taps = filter + (i * params->kernel_width + j) * depth;
                            sum += dot(input + value, taps, depth, params->input_zero_point);
                        }
                    }
                    sum = an_rescale(sum, channels[c].multiplier, channels[c].shift, params->output_zero_point);
                    *output++ = (int8_t)an_clamp(sum, params->activation_min, params->activation_max);
                    filter += params->kernel_height * params->kernel_width * depth;
                }
            }
        }
        input += params->input_height * row_size;
    }
}

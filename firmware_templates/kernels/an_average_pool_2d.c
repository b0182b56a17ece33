#include "an_kernels.h"
#include "an_window.h"

/* Averages the part of the window inside the input, rounding halves away from zero. */
void an_average_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params)
{
    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->window_height, 1, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->window_width, 1, params->input_width);
                const int32_t count = (rows.last - rows.first) * (columns.last - columns.first);
                for (int32_t c = 0; c < params->channels; c++) {
                    int32_t sum = 0;
                    for (int32_t i = top + rows.first; i < top + rows.last; i++) {
                        for (int32_t j = left + columns.first; j < left + columns.last; j++) {
                            sum += input[(i * params->input_width + j) * params->channels + c];
                        }
                    }
                    const int32_t mean = (sum > 0 ? sum + count / 2 : sum - count / 2) / count;
                    *output++ = (int8_t)an_clamp(mean, params->activation_min, params->activation_max);
                }
            }
        }
        input += params->input_height * params->input_width * params->channels;
    }
}

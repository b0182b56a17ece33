#include "an_kernels.h"
#include "an_window.h"

void an_max_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params)
{
    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->window_height, 1, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->window_width, 1, params->input_width);
                for (int32_t c = 0; c < params->channels; c++) {
                    int32_t largest = INT8_MIN;
                    for (int32_t i = top + rows.first; i < top + rows.last; i++) {
                        for (int32_t j = left + columns.first; j < left + columns.last; j++) {
                            largest = an_max(largest, input[(i * params->input_width + j) * params->channels + c]);
                        }
                    }
                    *output++ = (int8_t)an_clamp(largest, params->activation_min, params->activation_max);
                }
            }
        }
        input += params->input_height * params->input_width * params->channels;
    }
}

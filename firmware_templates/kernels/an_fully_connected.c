#include "an_fixed_point.h"
#include "an_kernels.h"

/* Weights: [output][input]. */
void an_fully_connected(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                        const an_fully_connected_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        const int8_t *filter = weights;
        for (int32_t c = 0; c < params->output_size; c++) {
            int32_t sum = channels[c].bias;
            for (int32_t k = 0; k < params->input_size; k++) {
                sum += (input[k] - params->input_zero_point) * filter[k];
            }
            sum = an_rescale(sum, channels[c].multiplier, channels[c].shift, params->output_zero_point);
            *output++ = (int8_t)an_clamp(sum, params->activation_min, params->activation_max);
            filter += params->input_size;
        }
        input += params->input_size;
    }
}

#include "an_fixed_point.h"
#include "an_kernels.h"

/* What the zero point of the weights takes from every sum: hardly any model has one, so it is kept out of the inner loop. */
static int32_t zero_point_share(const int8_t *input, const an_fully_connected_params *params)
{
    int32_t sum = 0;
    if (params->weights_zero_point != 0) {
        for (int32_t k = 0; k < params->input_size; k++) {
            sum += input[k] - params->input_zero_point;
        }
    }
    return sum * params->weights_zero_point;
}

/* Weights: [output][input]. */
void an_fully_connected(const int8_t *input, int8_t *output, const int8_t *weights, const an_channel *channels,
                        const an_fully_connected_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        const int8_t *filter = weights;
        const int32_t share = zero_point_share(input, params);
        for (int32_t c = 0; c < params->output_size; c++) {
            int32_t sum = channels[c].bias - share;
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

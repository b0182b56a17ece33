#include "an_fixed_point.h"
#include "an_kernels.h"

/* Weights: [filter][input]. A state: [filter][memory]. */
void an_svdf_state(const int8_t *input, const int8_t *state, int8_t *output, const int8_t *weights,
                   const an_svdf_state_params *params)
{
    const int32_t kept = (params->memory - 1) * params->item_bytes;
    for (int32_t batch = 0; batch < params->batches; batch++) {
        const int8_t *row = weights;
        for (int32_t filter = 0; filter < params->filters; filter++) {
            state += params->item_bytes;
            for (int32_t i = 0; i < kept; i++) {
                *output++ = *state++;
            }
            int32_t sum = 0;
            for (int32_t k = 0; k < params->input_size; k++) {
                sum += (input[k] - params->input_zero_point) * *row++;
            }
            sum = an_requantize(sum, params->multiplier, params->shift);
            sum = an_clamp(sum, params->state_min, params->state_max);
            for (int32_t i = 0; i < params->item_bytes; i++) {
                *output++ = (int8_t)(sum >> (8 * i));
            }
        }
        input += params->input_size;
    }
}

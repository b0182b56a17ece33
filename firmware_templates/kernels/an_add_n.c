#include "an_fixed_point.h"
#include "an_kernels.h"

void an_add_n(const int8_t *input, int8_t *output, const an_add_n_params *params)
{
    for (int32_t i = 0; i < params->size; i++) {
        int32_t sum = -params->input_zero_point;
        for (int32_t term = 0; term < params->count; term++) {
            sum += input[term * params->size + i] - params->input_zero_point;
        }
        const int32_t scaled = sum * (1 << params->left_shift);
        const int32_t result = an_rescale(scaled, params->output_multiplier, params->output_shift, params->output_zero_point);
        output[i] = (int8_t)an_clamp(result, INT8_MIN, INT8_MAX);
    }
}

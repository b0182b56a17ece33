#include "an_fixed_point.h"
#include "an_kernels.h"

void an_cumsum(const int8_t *input, int8_t *output, const an_cumsum_params *params)
{
    for (int32_t block = 0; block < params->blocks; block++) {
        for (int32_t column = 0; column < params->columns; column++) {
            int32_t position = block * params->size * params->columns + column + params->start;
            int32_t sum = -params->input_zero_point;
            for (int32_t i = 0; i < params->size; i++) {
                const int32_t inclusive = sum + input[position] - params->input_zero_point;
                const int32_t scaled = (params->exclusive != 0 ? sum : inclusive) * (1 << params->left_shift);
                const int32_t result =
                    an_rescale(scaled, params->output_multiplier, params->output_shift, params->output_zero_point);
                output[position] = (int8_t)an_clamp(result, INT8_MIN, INT8_MAX);
                sum = inclusive;
                position += params->step;
            }
        }
    }
}

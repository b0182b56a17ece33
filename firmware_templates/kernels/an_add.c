#include "an_fixed_point.h"
#include "an_kernels.h"

static int32_t rescaled(int32_t value, int32_t left_shift, int32_t multiplier, int32_t shift)
{
    return an_requantize(value * (1 << left_shift), multiplier, shift);
}

void an_add(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params)
{
    const int32_t *const sizes = params->sizes, *const a_steps = params->first_steps, *const b_steps = params->second_steps;

    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                const int8_t *a = first + i * a_steps[0] + j * a_steps[1] + k * a_steps[2];
                const int8_t *b = second + i * b_steps[0] + j * b_steps[1] + k * b_steps[2];
                for (int32_t l = 0; l < sizes[3]; l++) {
                    int32_t sum = rescaled(*a - params->first_zero_point, params->left_shift, params->first_multiplier,
                                           params->first_shift);
                    sum += rescaled(*b - params->second_zero_point, params->left_shift, params->second_multiplier,
                                    params->second_shift);
                    sum = an_rescale(sum, params->output_multiplier, params->output_shift, params->output_zero_point);
                    *output++ = (int8_t)an_clamp(sum, params->activation_min, params->activation_max);
                    a += a_steps[3];
                    b += b_steps[3];
                }
            }
        }
    }
}

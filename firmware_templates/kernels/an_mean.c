#include "an_fixed_point.h"
#include "an_kernels.h"

static int32_t sum_reduced(const int8_t *input, const int32_t *sizes, const int32_t *steps)
{
    int32_t sum = 0;
    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                const int8_t *value = input + i * steps[0] + j * steps[1] + k * steps[2];
                for (int32_t l = 0; l < sizes[3]; l++) {
                    sum += *value;
                    value += steps[3];
                }
            }
        }
    }
    return sum;
}

void an_mean(const int8_t *input, int8_t *output, const an_mean_params *params)
{
    const int32_t *const sizes = params->kept_sizes, *const steps = params->kept_steps;

    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                for (int32_t l = 0; l < sizes[3]; l++) {
                    const int8_t *corner = input + i * steps[0] + j * steps[1] + k * steps[2] + l * steps[3];
                    int32_t sum = sum_reduced(corner, params->reduced_sizes, params->reduced_steps) - params->zero_point_sum;
                    sum = an_rescale(sum, params->output_multiplier, params->output_shift, params->output_zero_point);
                    *output++ = (int8_t)an_clamp(sum, INT8_MIN, INT8_MAX);
                }
            }
        }
    }
}

/* What the elementwise kernels share: the walk over two operands that broadcast, and sums and differences in a common scale. */
#ifndef AN_ELEMENTWISE_H
#define AN_ELEMENTWISE_H

#include "an_fixed_point.h"
#include "an_kernels.h"

/* The output for one value of each operand. */
typedef int32_t an_binary_function(int32_t first, int32_t second, const void *params);

/* output = function(first, second) over four axes. The function is a constant in every kernel, so compilers inline it. */
static inline void an_elementwise(const int8_t *first, const int8_t *second, int8_t *output, const int32_t *sizes,
                                  const int32_t *first_steps, const int32_t *second_steps, an_binary_function *function,
                                  const void *params)
{
    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                const int8_t *a = first + i * first_steps[0] + j * first_steps[1] + k * first_steps[2];
                const int8_t *b = second + i * second_steps[0] + j * second_steps[1] + k * second_steps[2];
                for (int32_t l = 0; l < sizes[3]; l++) {
                    *output++ = (int8_t)function(*a, *b, params);
                    a += first_steps[3];
                    b += second_steps[3];
                }
            }
        }
    }
}

static inline int32_t an_first_in_common_scale(int32_t value, const an_add_params *params)
{
    const int32_t shifted = (value - params->first_zero_point) * (1 << params->left_shift);
    return an_requantize(shifted, params->first_multiplier, params->first_shift);
}

static inline int32_t an_second_in_common_scale(int32_t value, const an_add_params *params)
{
    const int32_t shifted = (value - params->second_zero_point) * (1 << params->left_shift);
    return an_requantize(shifted, params->second_multiplier, params->second_shift);
}

static inline int32_t an_from_common_scale(int32_t value, const an_add_params *params)
{
    const int32_t result = an_rescale(value, params->output_multiplier, params->output_shift, params->output_zero_point);
    return an_clamp(result, params->activation_min, params->activation_max);
}

#endif

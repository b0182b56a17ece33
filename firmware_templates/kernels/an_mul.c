#include "an_elementwise.h"

static int32_t product(int32_t first, int32_t second, const void *params)
{
    const an_mul_params *const p = params;
    const int32_t value = (first - p->first_zero_point) * (second - p->second_zero_point);
    const int32_t result = an_rescale(value, p->output_multiplier, p->output_shift, p->output_zero_point);
    return an_clamp(result, p->activation_min, p->activation_max);
}

void an_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_mul_params *params)
{
    an_elementwise(first, second, output, params->sizes, params->first_steps, params->second_steps, product, params);
}

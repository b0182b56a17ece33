#include "an_elementwise.h"

static int32_t prelu(int32_t first, int32_t second, const void *params)
{
    const an_prelu_params *const p = params;
    const int32_t value = first - p->first_zero_point;
    int32_t result;
    if (value >= 0) {
        result = an_rescale(value, p->identity_multiplier, p->identity_shift, p->output_zero_point);
    } else {
        result = an_rescale(value * (second - p->second_zero_point), p->alpha_multiplier, p->alpha_shift, p->output_zero_point);
    }
    return an_clamp(result, INT8_MIN, INT8_MAX);
}

void an_prelu(const int8_t *first, const int8_t *second, int8_t *output, const an_prelu_params *params)
{
    an_elementwise(first, second, output, params->sizes, params->first_steps, params->second_steps, prelu, params);
}

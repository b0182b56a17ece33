#include "an_float.h"

static float leaky_relu(float value, const an_float_unary_params *params)
{
    return value > 0.0f ? value : an_computed(value * an_float_of(params->alpha_bits));
}

void an_float_leaky_relu(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, leaky_relu);
}

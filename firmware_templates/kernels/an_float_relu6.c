#include "an_float.h"

static float relu6(float value, const an_float_unary_params *params)
{
    (void)params;
    return value > 6.0f ? 6.0f : value < 0.0f ? 0.0f : value;
}

void an_float_relu6(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, relu6);
}

#include "an_float.h"

static float square(float value, const an_float_unary_params *params)
{
    (void)params;
    return an_computed(value * value);
}

void an_float_square(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, square);
}

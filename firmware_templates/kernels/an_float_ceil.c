#include "an_float.h"

static float ceiling(float value, const an_float_unary_params *params)
{
    (void)params;
    return -an_whole_below(-value);
}

void an_float_ceil(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, ceiling);
}

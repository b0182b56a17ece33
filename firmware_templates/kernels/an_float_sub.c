#include "an_float.h"

static float difference(float first, float second)
{
    return an_computed(first - second);
}

void an_float_sub(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params)
{
    an_float_walk(first, second, output, params, difference, 1);
}

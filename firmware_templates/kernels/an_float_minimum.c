#include "an_float.h"

static float smaller(float first, float second)
{
    return first < second ? first : second;
}

void an_float_minimum(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params)
{
    an_float_walk(first, second, output, params, smaller, 0);
}

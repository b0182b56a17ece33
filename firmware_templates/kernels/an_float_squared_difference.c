#include "an_float.h"

static float squared(float first, float second)
{
    const float difference = first - second;
    return an_computed(difference * difference);
}

void an_float_squared_difference(const int8_t *first, const int8_t *second, int8_t *output,
                                 const an_float_binary_params *params)
{
    an_float_walk(first, second, output, params, squared, 0);
}

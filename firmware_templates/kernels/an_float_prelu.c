#include "an_float.h"

static float prelu(float first, float second)
{
    return first >= 0.0f ? first : an_computed(first * second);
}

void an_float_prelu(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params)
{
    an_float_walk(first, second, output, params, prelu, 0);
}

#include "an_float.h"
#include "an_quotient.h"

static float divided(float first, float second)
{
    return an_quotient(first, second);
}

void an_float_div(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params)
{
    an_float_walk(first, second, output, params, divided, 1);
}

#include "an_float.h"

static float negative(float value, const an_float_unary_params *params)
{
    (void)params;
    an_float item;
    item.value = value;
    item.word ^= 0x80000000u;
    return item.value;
}

void an_float_neg(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, negative);
}

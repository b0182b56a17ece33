#include "an_float.h"
#include "an_square_root.h"

static float square_root(float value, const an_float_unary_params *params)
{
    (void)params;
    return an_square_root(value);
}

void an_float_sqrt(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, square_root);
}

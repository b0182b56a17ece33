#include "an_float.h"
#include "an_quotient.h"
#include "an_square_root.h"

static float inverse_root(float value, const an_float_unary_params *params)
{
    (void)params;
    return an_quotient(1.0f, an_square_root(value));
}

void an_float_rsqrt(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, inverse_root);
}

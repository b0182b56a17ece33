#include "an_float.h"

static float rounded(float value, const an_float_unary_params *params)
{
    (void)params;
    const float floor = an_whole_below(value);
    const float rest = value - floor;
    /* Half to even; where the rest is not 0, the value is far from the limits of an integer. */
    if (rest < 0.5f || (rest == 0.5f && (int32_t)floor % 2 == 0)) {
        return floor;
    }
    return floor + 1.0f;
}

void an_float_round(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, rounded);
}

#include "an_float.h"
#include "an_quotient.h"

static float hard_swish(float value, const an_float_unary_params *params)
{
    (void)params;
    const float raised = value + 3.0f;
    const float gate = raised < 0.0f ? 0.0f : raised;
    return an_quotient(value * (gate > 6.0f ? 6.0f : gate), 6.0f);
}

void an_float_hard_swish(const int8_t *input, int8_t *output, const an_float_unary_params *params)
{
    an_float_each(input, output, params, hard_swish);
}

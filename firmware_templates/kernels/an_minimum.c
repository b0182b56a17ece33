#include "an_elementwise.h"

static int32_t smaller(int32_t first, int32_t second, const void *params)
{
    (void)params;
    return an_min(first, second);
}

void an_minimum(const int8_t *first, const int8_t *second, int8_t *output, const an_minimum_maximum_params *params)
{
    an_elementwise(first, second, output, params->sizes, params->first_steps, params->second_steps, smaller, params);
}

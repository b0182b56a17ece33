#include "an_elementwise.h"

static int32_t larger(int32_t first, int32_t second, const void *params)
{
    (void)params;
    return an_max(first, second);
}

void an_maximum(const int8_t *first, const int8_t *second, int8_t *output, const an_minimum_maximum_params *params)
{
    an_elementwise(first, second, output, params->sizes, params->first_steps, params->second_steps, larger, params);
}

#include "an_elementwise.h"

static int32_t squared_difference(int32_t first, int32_t second, const void *params)
{
    const int32_t difference = an_first_in_common_scale(first, params) - an_second_in_common_scale(second, params);
    return an_from_common_scale(difference * difference, params);
}

void an_squared_difference(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params)
{
    an_elementwise(first, second, output, params->sizes, params->first_steps, params->second_steps, squared_difference, params);
}

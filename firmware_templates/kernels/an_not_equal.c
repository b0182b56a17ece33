#include "an_elementwise.h"

static int32_t different(int32_t first, int32_t second, const void *params)
{
    return an_first_in_common_scale(first, params) != an_second_in_common_scale(second, params);
}

void an_not_equal(const int8_t *first, const int8_t *second, int8_t *output, const an_add_params *params)
{
    an_elementwise(first, second, output, params->sizes, params->first_steps, params->second_steps, different, params);
}

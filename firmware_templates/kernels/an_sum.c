#include "an_fixed_point.h"
#include "an_kernels.h"
#include "an_reduction.h"

static inline int32_t add(int32_t sum, int32_t value, int32_t unused)
{
    (void)unused;
    return sum + value;
}

static inline int8_t scaled(int32_t sum, const void *of)
{
    const an_sum_params *params = of;
    sum = an_rescale(sum, params->output_multiplier, params->output_shift, params->output_zero_point);
    return (int8_t)an_clamp(sum, INT8_MIN, INT8_MAX);
}

void an_sum(const int8_t *input, int8_t *output, const an_sum_params *params)
{
    const an_reduction axes = {params->kept_sizes, params->kept_steps, params->reduced_sizes, params->reduced_steps};

    an_reduce(input, output, &axes, -params->zero_point_sum, add, 0, scaled, params);
}

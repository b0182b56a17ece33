#include "an_fixed_point.h"
#include "an_kernels.h"
#include "an_reduction.h"

static inline int32_t larger(int32_t largest, int32_t value, int32_t complement)
{
    return an_max(largest, value ^ complement);
}

static inline int8_t restored(int32_t largest, const void *of)
{
    const an_reduce_max_params *params = of;
    return (int8_t)(largest ^ params->complement);
}

void an_reduce_max(const int8_t *input, int8_t *output, const an_reduce_max_params *params)
{
    const an_reduction axes = {params->kept_sizes, params->kept_steps, params->reduced_sizes, params->reduced_steps};

    an_reduce(input, output, &axes, INT8_MIN, larger, params->complement, restored, params);
}

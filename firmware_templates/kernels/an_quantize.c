#include "an_fixed_point.h"
#include "an_kernels.h"

/* Far outside every int8 range, whatever the zero point, and well inside what a float holds exactly. */
#define LIMIT 512

typedef union {
    int32_t bits;
    float value;
} single;

/* Rounded half away from zero; what is not a number counts as the lowest. */
static int32_t rounded(float value)
{
    if (!(value > -LIMIT)) {
        return -LIMIT;
    }
    if (value > LIMIT) {
        return LIMIT;
    }
    const int32_t whole = (int32_t)value;
    const float rest = value - (float)whole;
    return whole + (rest >= 0.5f ? 1 : 0) - (rest <= -0.5f ? 1 : 0);
}

void an_quantize(const int8_t *input, int8_t *output, const an_quantize_params *params)
{
    const single scale = {params->scale_bits};

    for (int32_t i = 0; i < params->size; i++) {
        const single item = {an_load_32(input + 4 * i)};
        output[i] = (int8_t)an_clamp(rounded(item.value / scale.value) + params->output_zero_point, INT8_MIN, INT8_MAX);
    }
}

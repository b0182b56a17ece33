#include "an_fixed_point.h"
#include "an_kernels.h"
#include "an_quotient.h"

/* GCC's own division for Armv6-M, no faster, jumps through a table: the stack that it takes cannot be computed. */
#ifdef __ARM_ARCH_6M__
#define DIVIDE(first, second) an_quotient(first, second)
#else
#define DIVIDE(first, second) ((first) / (second))
#endif

/* Far outside every int8 range, whatever the zero point, and well inside what a float holds exactly. */
#define LIMIT 512

typedef union {
    int32_t bits;
    float value;
} single;

/* Rounded half away from zero. */
static int32_t rounded(float value)
{
    if (value < -LIMIT) {
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
    /* What fits no integer, or is no number, is the lowest integer to the processors of PCs, and the zero point may wrap around. */
    const int8_t outside = params->output_zero_point < 0 ? INT8_MAX : INT8_MIN;

    for (int32_t i = 0; i < params->size; i++) {
        const single item = {an_load_32(input + 4 * i)};
        const float steps = DIVIDE(item.value, scale.value);
        if (steps > -2147483648.0f && steps < 2147483648.0f) {
            output[i] = (int8_t)an_clamp(rounded(steps) + params->output_zero_point, INT8_MIN, INT8_MAX);
        } else {
            output[i] = outside;
        }
    }
}

#include "an_thumb.h"

/* The second operand has nine bits: times a multiplier, it is exact in halves of 25 bits. */
static inline int32_t scaled(int32_t value, int32_t multiplier, const an_dsp_add_params *params)
{
    const int32_t low = value * (multiplier & 0xFFFF), high = value * (multiplier >> 16);
    return (high * 32 + ((low + 1024) >> 11) + (value < 0 ? -1 : 0) + params->second_rounding) >> params->second_shift;
}

void an_thumb_add(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_add_params *params)
{
    const int32_t low = (int8_t)params->low, high = (int8_t)params->high;
    for (const int8_t *const end = output + params->size; output != end; output++) {
        const int32_t a = *first++ + params->first_zero_point, b = *second++ + params->second_zero_point;
        const int32_t sum = scaled(b, params->second_multiplier, params) + a * (1 << 19);
        const int32_t result = an_thumb_high_multiply(sum, params->output_multiplier) + (sum < 0 ? -1 : 0) + params->output_rounding;
        *output = (int8_t)an_clamp(result >> (params->output_shift + 1), low, high);
    }
}

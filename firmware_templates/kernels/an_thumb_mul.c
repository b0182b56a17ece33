#include "an_thumb.h"

void an_thumb_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_mul_params *params)
{
    const int32_t first_zero_point = (int16_t)params->first_zero_point, second_zero_point = (int16_t)params->second_zero_point;
    const int32_t low = (int8_t)params->low, high = (int8_t)params->high;
    for (const int8_t *const end = output + params->size; output != end; output++) {
        const int32_t product = (*first++ + first_zero_point) * (*second++ + second_zero_point);
        const int32_t result = an_thumb_high_multiply(product, params->output_multiplier) + (product < 0 ? -1 : 0) + params->output_rounding;
        *output = (int8_t)an_clamp(result >> (params->output_shift + 1), low, high);
    }
}

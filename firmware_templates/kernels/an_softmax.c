#include "an_fixed_point.h"
#include "an_kernels.h"
#include "an_reciprocal.h"

void an_softmax(const int8_t *input, int8_t *output, const int32_t *exponentials, const an_softmax_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        int32_t largest = INT8_MIN;
        for (int32_t i = 0; i < params->size; i++) {
            largest = an_max(largest, input[i]);
        }

        /* The sum has 12 integer bits, so each term gives up 12 of its 31 fractional bits. It is at least one term of 1. */
        uint32_t sum = 0;
        for (int32_t i = 0; i < params->size; i++) {
            const int32_t below = largest - input[i];
            if (below < params->table_size) {
                sum += (uint32_t)an_rounding_shift(exponentials[below], 12);
            }
        }

        /* sum = (1 + x) * 2^(12 - headroom) with x in [0, 1). */
        const int32_t headroom = an_leading_zeros(sum);
        const int32_t scale = an_reciprocal_of_one_plus((int32_t)((sum << headroom) - 0x80000000u));
        const int32_t exponent = 12 - headroom + 31 - 8;

        for (int32_t i = 0; i < params->size; i++) {
            const int32_t below = largest - input[i];
            int32_t share = 0;
            /* From an exponent of 32 on, every share rounds to 0. */
            if (below < params->table_size && exponent < 32) {
                share = an_rounding_shift(an_high_multiply(scale, exponentials[below]), exponent);
            }
            output[i] = (int8_t)an_clamp(share - 128, INT8_MIN, INT8_MAX);
        }
        input += params->size;
        output += params->size;
    }
}

#include "an_fixed_point.h"
#include "an_kernels.h"
#include "an_reciprocal.h"

/* log(value), Q12.19 in, Q5.26 out, for values from 1 on: a power of two and a rational function of the rest, near sqrt(sqrt(1/2)). */
static int32_t logarithm(int32_t value)
{
    const int32_t sqrt_half = 1518500250, sqrt_sqrt_half = 1805811301, log_2 = 1488522236;
    const int32_t quarter = 1 << 23; /* in Q6.25, as the powers */

    /* Two ways to split the value; the smaller rest and the larger power belong together. */
    const int32_t headroom_a = an_leading_zeros((uint32_t)value) - 1;
    const int32_t rest_a = an_saturating_shift_left(an_high_multiply(value << headroom_a, sqrt_half), 1);
    const int32_t power_a = (11 - headroom_a) * (1 << 25) + quarter;
    const int32_t headroom_b = an_leading_zeros((uint32_t)an_high_multiply(value, sqrt_half)) - 1;
    const int32_t rest_b = an_saturating_shift_left(value, headroom_b);
    const int32_t power_b = (12 - headroom_b) * (1 << 25) - quarter;
    const int32_t rest = an_min(rest_a, rest_b), power = an_max(power_a, power_b);

    const int32_t half_sum = (int32_t)(((int64_t)rest + sqrt_sqrt_half + 1) >> 1);
    const int32_t twice = 2 * (rest - sqrt_sqrt_half);
    const int32_t square = an_high_multiply(twice, twice);
    const int32_t numerator = an_high_multiply(twice, rest) + an_high_multiply(an_high_multiply(twice, square), 117049297);
    const int32_t slope = 1057819769 + twice + an_high_multiply(127690142, square);
    const int32_t denominator_less_one = an_high_multiply(half_sum, slope) + an_high_multiply(638450708, twice);
    const int32_t correction =
        an_high_multiply(an_rounding_shift(numerator, 6), an_reciprocal_of_one_plus(denominator_less_one));
    return an_saturating_shift_left(an_high_multiply(power, log_2) + correction, 1);
}

void an_log_softmax(const int8_t *input, int8_t *output, const int32_t *exponentials, const int32_t *differences,
                    const an_log_softmax_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        int32_t largest = INT8_MIN, sum = 0;
        for (int32_t i = 0; i < params->size; i++) {
            largest = an_max(largest, input[i]);
        }
        for (int32_t i = 0; i < params->size; i++) {
            const int32_t below = largest - input[i];
            if (below < params->table_size) {
                sum += an_rounding_shift(exponentials[below], 12);
            }
        }
        const int32_t log_sum = logarithm(sum);
        /* From here on, in input steps, the difference of the logarithms would leave 32 bits. */
        const int32_t limit = -an_requantize(log_sum + INT32_MIN, params->inverse_multiplier, params->inverse_shift);
        for (int32_t i = 0; i < params->size; i++) {
            const int32_t below = largest - input[i];
            int32_t result = INT8_MIN;
            if (below < params->table_size && below < limit) {
                result = an_rounding_shift(differences[below] - log_sum, 22) + INT8_MAX;
            }
            output[i] = (int8_t)an_clamp(result, INT8_MIN, INT8_MAX);
        }
        input += params->size;
        output += params->size;
    }
}

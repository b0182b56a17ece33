#include "an_fixed_point.h"
#include "an_kernels.h"

/* An item of one or two bytes, little endian. */
static inline int32_t an_svdf_item(const int8_t *bytes, int32_t item_bytes)
{
    return item_bytes == 1 ? bytes[0] : (int32_t)(uint8_t)bytes[0] + bytes[1] * 256;
}

/* Every unit sums over the memory of its filters; weights: [filter][memory], items as wide as the state's. */
void an_svdf(const int8_t *state, int8_t *output, const int8_t *weights, const int32_t *biases, const an_svdf_params *params)
{
    for (int32_t batch = 0; batch < params->batches; batch++) {
        const int8_t *weight = weights;
        for (int32_t unit = 0; unit < params->units; unit++) {
            /* Unsigned, because it wraps where the state is at its limits. */
            uint32_t sum = (uint32_t)biases[unit];
            for (int32_t i = 0; i < params->unit_size; i++) {
                sum += (uint32_t)(an_svdf_item(state, params->item_bytes) * an_svdf_item(weight, params->item_bytes));
                state += params->item_bytes;
                weight += params->item_bytes;
            }
            const int32_t scaled =
                an_rescale((int32_t)sum, params->multiplier, params->shift, params->output_zero_point);
            *output++ = (int8_t)an_clamp(scaled, -128, 127);
        }
    }
}

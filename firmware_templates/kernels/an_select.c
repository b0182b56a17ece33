#include "an_bytes.h"
#include "an_kernels.h"

static int32_t position(int32_t i, int32_t j, int32_t k, const int32_t *steps)
{
    return i * steps[0] + j * steps[1] + k * steps[2];
}

void an_select(const int8_t *condition, const int8_t *first, const int8_t *second, int8_t *output, const an_select_params *params)
{
    const int32_t *const sizes = params->sizes;

    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                const int8_t *chosen = condition + position(i, j, k, params->condition_steps);
                const int8_t *a = first + position(i, j, k, params->first_steps);
                const int8_t *b = second + position(i, j, k, params->second_steps);
                for (int32_t l = 0; l < sizes[3]; l++) {
                    output = an_copy(output, *chosen != 0 ? a : b, params->item_bytes);
                    chosen += params->condition_steps[3];
                    a += params->first_steps[3];
                    b += params->second_steps[3];
                }
            }
        }
    }
}

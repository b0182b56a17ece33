#include "an_bytes.h"
#include "an_kernels.h"

void an_gather(const int8_t *input, int8_t *output, const int32_t *positions, const an_gather_params *params)
{
    const int32_t *const sizes = params->sizes;
    const int32_t *const second = positions + sizes[0], *const third = second + sizes[1], *const fourth = third + sizes[2];

    for (int32_t repeat = 0; repeat < params->repeats; repeat++) {
        for (int32_t i = 0; i < sizes[0]; i++) {
            for (int32_t j = 0; j < sizes[1]; j++) {
                for (int32_t k = 0; k < sizes[2]; k++) {
                    const int8_t *const base = input + repeat * params->repeat_step + positions[i] + second[j] + third[k];
                    for (int32_t l = 0; l < sizes[3]; l++) {
                        output = an_copy(output, base + fourth[l], params->block_size);
                    }
                }
            }
        }
    }
}

#include "an_bytes.h"
#include "an_kernels.h"

void an_move(const int8_t *input, int8_t *output, const an_move_params *params)
{
    const int32_t *const sizes = params->sizes, *const steps = params->steps;

    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                for (int32_t l = 0; l < sizes[3]; l++) {
                    int32_t position = params->offset + i * steps[0] + j * steps[1] + k * steps[2] + l * steps[3];
                    for (int32_t m = 0; m < sizes[4]; m++) {
                        output = an_copy(output, input + position, params->block_size);
                        position += steps[4];
                    }
                }
            }
        }
    }
}

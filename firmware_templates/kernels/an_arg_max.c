#include "an_fixed_point.h"
#include "an_kernels.h"

void an_arg_max(const int8_t *input, int8_t *output, const an_arg_max_params *params)
{
    for (int32_t block = 0; block < params->blocks; block++) {
        for (int32_t i = 0; i < params->step; i++) {
            int32_t largest = input[i] ^ params->complement, position = 0;
            for (int32_t k = 1; k < params->size; k++) {
                const int32_t value = input[k * params->step + i] ^ params->complement;
                if (value > largest) {
                    largest = value;
                    position = k;
                }
            }
            an_store_32(output, position);
            if (params->item_bytes == 8) {
                an_store_32(output + 4, 0);
            }
            output += params->item_bytes;
        }
        input += params->size * params->step;
    }
}

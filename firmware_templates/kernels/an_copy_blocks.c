#include "an_kernels.h"

void an_copy_blocks(const int8_t *input, int8_t *output, const an_copy_blocks_params *params)
{
    for (int32_t block = 0; block < params->blocks; block++) {
        int8_t *destination = output + params->output_offset + block * params->output_step;
        for (int32_t i = 0; i < params->block_size; i++) {
            *destination++ = *input++;
        }
    }
}

#include "an_bytes.h"
#include "an_kernels.h"

void an_copy_blocks(const int8_t *input, int8_t *output, const an_copy_blocks_params *params)
{
    output += params->output_offset;
    for (int32_t block = 0; block < params->blocks; block++) {
        (void)an_copy(output + block * params->output_step, input, params->block_size);
        input += params->block_size;
    }
}

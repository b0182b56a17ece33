#include "an_mve.h"

/* Windows that are wholly inside. */
void an_mve_pool_2x2(const int8_t *input, int8_t *output, const an_mve_pool_2x2_params *params)
{
    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            an_mve_pool_row(input + y * params->stride_height * params->row.row_step, output, &params->row);
            output += params->row.positions * params->row.channels;
        }
        input += params->input_height * params->row.row_step;
    }
}

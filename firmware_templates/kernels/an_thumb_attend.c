#include "an_expand.h"
#include "an_kernels.h"

/* Scratch: one row of gates, expanded. */
void an_thumb_attend(const int8_t *values, const int8_t *gates, int8_t *output, int8_t *scratch,
                     const an_dsp_attend_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        an_expand_row(scratch, gates, params->columns, params->channels);
        for (int32_t i = 0; i < 2; i++) {
            an_thumb_mul(values, scratch, output, &params->product);
            values += params->product.size;
            output += params->product.size;
        }
        gates += params->columns * params->channels;
    }
}

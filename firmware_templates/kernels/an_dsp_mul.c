#include "an_dsp.h"

/* The last values, where they are fewer than four, are computed with ones before them: first, since the output may lie over an operand. */
void an_dsp_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_mul_params *params)
{
    const int32_t rest = params->size % 4, last = params->size - 4;
    int8_t tail[4];

    if (rest > 0) {
        an_dsp_mul_fours(first + last, second + last, tail, 1, params);
    }
    an_dsp_mul_fours(first, second, output, params->size / 4, params);
    for (int32_t i = 4 - rest; i < 4; i++) {
        output[last + i] = tail[i];
    }
}

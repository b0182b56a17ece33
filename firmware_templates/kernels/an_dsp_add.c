#include "an_dsp.h"

/* The last values, where they are fewer than four, are computed with ones before them. */
void an_dsp_add(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_add_params *params)
{
    const int32_t last = params->size - 4;

    an_dsp_add_fours(first, second, output, params->size / 4, params);
    if (params->size % 4 > 0) {
        an_dsp_add_fours(first + last, second + last, output + last, 1, params);
    }
}

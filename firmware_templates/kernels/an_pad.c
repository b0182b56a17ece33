#include "an_bytes.h"
#include "an_kernels.h"

/* Bytes of the output under one step along axis, the innermost axis being 3. */
static int32_t step_of(const an_pad_params *params, int32_t axis)
{
    int32_t step = 1;
    for (int32_t i = 3; i > axis; i--) {
        step *= params->before[i] + params->sizes[i] + params->after[i];
    }
    return step;
}

void an_pad(const int8_t *input, int8_t *output, const an_pad_params *params)
{
    const int32_t *const sizes = params->sizes, *const before = params->before, *const after = params->after;
    const int32_t step0 = step_of(params, 0), step1 = step_of(params, 1), step2 = step_of(params, 2);

    output = an_fill(output, before[0] * step0, params->value);
    for (int32_t i = 0; i < sizes[0]; i++) {
        output = an_fill(output, before[1] * step1, params->value);
        for (int32_t j = 0; j < sizes[1]; j++) {
            output = an_fill(output, before[2] * step2, params->value);
            for (int32_t k = 0; k < sizes[2]; k++) {
                output = an_fill(output, before[3], params->value);
                for (int32_t l = 0; l < sizes[3]; l++) {
                    *output++ = *input++;
                }
                output = an_fill(output, after[3], params->value);
            }
            output = an_fill(output, after[2] * step2, params->value);
        }
        output = an_fill(output, after[1] * step1, params->value);
    }
    (void)an_fill(output, after[0] * step0, params->value);
}

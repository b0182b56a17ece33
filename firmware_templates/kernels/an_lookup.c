#include "an_kernels.h"

void an_lookup(const int8_t *input, int8_t *output, const int8_t *table, const an_lookup_params *params)
{
    const int8_t *const middle = table + 128, *const end = input + params->size, *const fours = end - params->size % 4;

    while (input != fours) {
        const int8_t first = middle[input[0]], second = middle[input[1]], third = middle[input[2]];
        output[3] = middle[input[3]];
        output[0] = first;
        output[1] = second;
        output[2] = third;
        input += 4;
        output += 4;
    }
    while (input != end) {
        *output++ = middle[*input++];
    }
}

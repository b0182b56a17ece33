#include "an_fixed_point.h"
#include "an_kernels.h"

void an_lookup_32(const int8_t *input, int8_t *output, const int32_t *table, const an_lookup_params *params)
{
    for (int32_t i = 0; i < params->size; i++) {
        an_store_32(output + 4 * i, table[input[i] + 128]);
    }
}

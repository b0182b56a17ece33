#include "an_mve.h"

void an_mve_add(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_add_params *params)
{
    an_mve_add_all(first, second, output, params);
}

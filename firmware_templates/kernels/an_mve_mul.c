#include "an_mve.h"

void an_mve_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_mul_params *params)
{
    an_mve_mul_all(first, second, output, params);
}

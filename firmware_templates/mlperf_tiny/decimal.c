#include "decimal.h"

#include <stdint.h>

#include "an_float.h"
#include "text.h"

#define SIGNIFICAND_BITS 24
#define SMALLEST_EXPONENT (-11) /* 2^-12 is less than half of a thousandth */

void an_print_thousandths(float value) {
    uint32_t whole = 0, thousandths = 0;
    if (value < 0.0f) {
        an_print("-");
        value = -value;
    }
    const an_float_parts parts = an_float_parts_of(value >= 4294967040.0f ? 4294967040.0f : value > 0.0f ? value : 1e-9f);
    if (parts.exponent >= SIGNIFICAND_BITS - 1) {
        whole = parts.significand << (parts.exponent - (SIGNIFICAND_BITS - 1));
    } else if (parts.exponent >= SMALLEST_EXPONENT) {
        const int32_t shift = SIGNIFICAND_BITS - 1 - parts.exponent;
        const uint64_t unit = UINT64_C(1) << shift;
        whole = (uint32_t)(parts.significand >> (shift < 31 ? shift : 31));
        /* Exact: what is left below a thousandth decides. */
        const uint64_t scaled = (parts.significand & (unit - 1u)) * 1000u;
        const uint64_t rest = scaled & (unit - 1u);
        thousandths = (uint32_t)(scaled >> shift);
        thousandths += rest > unit / 2u || (rest == unit / 2u && (thousandths & 1u) != 0u) ? 1u : 0u;
        if (thousandths == 1000u) {
            thousandths = 0;
            whole++;
        }
    }
    const char digits[5] = {'.', (char)('0' + thousandths / 100u), (char)('0' + thousandths / 10u % 10u),
                            (char)('0' + thousandths % 10u), '\0'};
    an_print_decimal(whole);
    an_print(digits);
}

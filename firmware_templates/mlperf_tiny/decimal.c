#include "decimal.h"

#include <stdint.h>

#include "an_float.h"
#include "text.h"

#define SIGNIFICAND_BITS 24
#define SMALLEST (1.0f / 2048.0f) /* 0.000488: below it, all rounds to nothing */
#define LARGEST 4294967040.0f     /* of the floats below 2^32 */

/* The nearest thousandth of a number from SMALLEST to below 2^23, half to even: exact, what is left below a thousandth decides. */
static uint32_t an_thousandths(an_float_parts parts, uint32_t *whole) {
    const int32_t shift = SIGNIFICAND_BITS - 1 - parts.exponent;
    const uint64_t unit = UINT64_C(1) << shift;
    const uint64_t scaled = (parts.significand & (unit - 1u)) * 1000u;
    const uint64_t rest = scaled & (unit - 1u);
    uint32_t thousandths = (uint32_t)(scaled >> shift);
    thousandths += rest > unit / 2u || (rest == unit / 2u && (thousandths & 1u) != 0u) ? 1u : 0u;
    *whole = (uint32_t)(parts.significand >> (shift < 31 ? shift : 31)) + (thousandths == 1000u ? 1u : 0u);
    return thousandths == 1000u ? 0u : thousandths;
}

void an_print_thousandths(float value) {
    uint32_t whole = 0, thousandths = 0;
    if (value < 0.0f) {
        an_print("-");
        value = -value;
    }
    if (value >= SMALLEST) { /* not so what is no number */
        const an_float_parts parts = an_float_parts_of(value < LARGEST ? value : LARGEST);
        if (parts.exponent >= SIGNIFICAND_BITS - 1) {
            whole = parts.significand << (parts.exponent - (SIGNIFICAND_BITS - 1));
        } else {
            thousandths = an_thousandths(parts, &whole);
        }
    }
    const char digits[5] = {'.', (char)('0' + thousandths / 100u), (char)('0' + thousandths / 10u % 10u),
                            (char)('0' + thousandths % 10u), '\0'};
    an_print_decimal(whole);
    an_print(digits);
}

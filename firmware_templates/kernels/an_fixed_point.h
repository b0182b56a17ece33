/* Integer arithmetic of the kernels. */
#ifndef AN_FIXED_POINT_H
#define AN_FIXED_POINT_H

#include <stdint.h>

/* a * b / 2^31, rounded to nearest, halves up: what the reference's doubling high multiply does for every pair but (INT32_MIN, INT32_MIN). */
static inline int32_t an_high_multiply(int32_t a, int32_t b)
{
#if defined(__ARM_ARCH_ISA_THUMB) && __ARM_ARCH_ISA_THUMB == 1
    /* Without a long multiplication, from halves: what is below 2^16 cannot decide the rounding. */
    const uint32_t a_low = (uint32_t)a & 0xFFFFu, b_low = (uint32_t)b & 0xFFFFu;
    /* cppcheck-suppress shiftNegativeLHS */
    const int32_t a_high = a >> 16, b_high = b >> 16;
    const int32_t first = a_high * (int32_t)b_low, second = (int32_t)(a_low * b_low >> 16), third = (int32_t)a_low * b_high;
    const int32_t rest = (first & 0x7FFF) + (third & 0x7FFF) + (second & 0x7FFF) + 0x4000;
    return 2 * a_high * b_high + (first >> 15) + (third >> 15) + (second >> 15) + (rest >> 15);
#else
    return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
#endif
}

/* value / 2^exponent, rounded to nearest, halves away from zero; 0 <= exponent <= 31. */
static inline int32_t an_rounding_shift(int32_t value, int32_t exponent)
{
    const uint32_t mask = (1u << exponent) - 1u;
    const uint32_t remainder = (uint32_t)value & mask;
    const uint32_t threshold = (mask >> 1) + (value < 0 ? 1u : 0u);
    return (value >> exponent) + (remainder > threshold ? 1 : 0);
}

/* value * multiplier * 2^(shift - 31) with the reference's two roundings. The left shift wraps, as it does there. */
static inline int32_t an_requantize(int32_t value, int32_t multiplier, int32_t shift)
{
    if (shift > 0) {
        return an_high_multiply((int32_t)((uint32_t)value << shift), multiplier);
    }
    return an_rounding_shift(an_high_multiply(value, multiplier), -shift);
}

/* The same, moved by the output's zero point; the sum wraps, as it does in the reference. */
static inline int32_t an_rescale(int32_t value, int32_t multiplier, int32_t shift, int32_t zero_point)
{
    return (int32_t)((uint32_t)an_requantize(value, multiplier, shift) + (uint32_t)zero_point);
}

/* value * 2^exponent, saturated; 0 <= exponent <= 30. */
static inline int32_t an_saturating_shift_left(int32_t value, int32_t exponent)
{
    if (value > INT32_MAX >> exponent) {
        return INT32_MAX;
    }
    return value < INT32_MIN >> exponent ? INT32_MIN : value * (1 << exponent);
}

static inline int32_t an_leading_zeros(uint32_t value)
{
    int32_t count = 32;
    while (value != 0u) {
        value >>= 1;
        count--;
    }
    return count;
}

static inline int32_t an_clamp(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* 32-bit items of tensors, at any address. */
static inline int32_t an_load_32(const int8_t *bytes)
{
    const uint32_t low = (uint32_t)(uint8_t)bytes[0] | (uint32_t)(uint8_t)bytes[1] << 8;
    return (int32_t)(low | (uint32_t)(uint8_t)bytes[2] << 16 | (uint32_t)(uint8_t)bytes[3] << 24);
}

static inline void an_store_32(int8_t *bytes, int32_t value)
{
    for (int32_t i = 0; i < 4; i++) {
        bytes[i] = (int8_t)((uint32_t)value >> (8 * i));
    }
}

static inline int32_t an_min(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static inline int32_t an_max(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

#endif

/* What the kernels on float32 share: their walks, and results that do not depend on the core. Compiled without fused multiply-adds. */
#ifndef AN_FLOAT_H
#define AN_FLOAT_H

#include "an_fixed_point.h"
#include "an_kernels.h"

typedef union {
    int32_t bits;
    uint32_t word;
    float value;
} an_float;

typedef float an_float_function(float value, const an_float_unary_params *params);
typedef float an_float_binary_function(float first, float second);

static inline float an_float_of(int32_t bits)
{
    const an_float item = {bits};
    return item.value;
}

static inline float an_load_float(const int8_t *input)
{
    return an_float_of(an_load_32(input));
}

static inline void an_store_float(int8_t *output, float value)
{
    an_float item;
    item.value = value;
    an_store_32(output, item.bits);
}

/* What is not a number gets the bits that the processors of PCs give it: cores differ in it. */
static inline float an_computed(float value)
{
    an_float item;
    item.word = 0xFFC00000u;
    return value == value ? value : item.value;
}

/* A number other than 0 as significand * 2^(exponent - 23), with a significand from 2^23 to 2^24. */
typedef struct {
    uint32_t significand;
    int32_t exponent;
} an_float_parts;

static inline an_float_parts an_float_parts_of(float value)
{
    an_float item;
    item.value = value;
    const int32_t biased = (int32_t)(item.word >> 23 & 255u);
    an_float_parts parts = {item.word & 0x7FFFFFu, biased - 127};
    if (biased > 0) {
        parts.significand |= 0x800000u;
        return parts;
    }
    for (parts.exponent = -126; parts.significand < 0x800000u; parts.exponent--) {
        parts.significand <<= 1;
    }
    return parts;
}

static inline float an_whole_below(float value)
{
    /* From 2^23 on, all floats are whole. */
    if (!(value > -8388608.0f && value < 8388608.0f)) {
        return value;
    }
    const float whole = (float)(int32_t)value;
    if (whole == value) {
        return value;
    }
    return whole > value ? whole - 1.0f : whole;
}

/* output = function(input) */
static inline void an_float_each(const int8_t *input, int8_t *output, const an_float_unary_params *params,
                                 an_float_function *function)
{
    for (int32_t i = 0; i < params->size; i++) {
        an_store_float(output + 4 * i, function(an_load_float(input + 4 * i), params));
    }
}

/* output = function(first, second) over four axes, as an_elementwise, without or with a clamp. */
static inline void an_float_walk(const int8_t *first, const int8_t *second, int8_t *output, const an_float_binary_params *params,
                                 an_float_binary_function *function, int clamped)
{
    const int32_t *const sizes = params->sizes, *const first_steps = params->first_steps, *const second_steps = params->second_steps;
    const float low = an_float_of(params->min_bits), high = an_float_of(params->max_bits);

    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                const int8_t *a = first + 4 * (i * first_steps[0] + j * first_steps[1] + k * first_steps[2]);
                const int8_t *b = second + 4 * (i * second_steps[0] + j * second_steps[1] + k * second_steps[2]);
                for (int32_t l = 0; l < sizes[3]; l++) {
                    float result = function(an_load_float(a), an_load_float(b));
                    if (clamped) {
                        result = result < low ? low : result;
                        result = high < result ? high : result;
                    }
                    an_store_float(output, result);
                    output += 4;
                    a += 4 * first_steps[3];
                    b += 4 * second_steps[3];
                }
            }
        }
    }
}

#endif

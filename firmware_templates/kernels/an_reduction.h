/* The walk of the kernels that reduce some axes of a tensor to one value. */
#ifndef AN_REDUCTION_H
#define AN_REDUCTION_H

#include <stdint.h>

/* Four kept and four reduced axes, the kept ones in the order of the output; steps are in the input. */
typedef struct {
    const int32_t *kept_sizes, *kept_steps, *reduced_sizes, *reduced_steps;
} an_reduction;

typedef int32_t (*an_combine)(int32_t so_far, int32_t value, int32_t context);

/* The values over the reduced axes from one corner on, combined one after the other; inlined with the function. */
static inline int32_t an_combined(const int8_t *corner, const an_reduction *axes, int32_t start, an_combine combine,
                                  int32_t context)
{
    const int32_t *const sizes = axes->reduced_sizes, *const steps = axes->reduced_steps;
    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                const int8_t *value = corner + i * steps[0] + j * steps[1] + k * steps[2];
                for (int32_t l = 0; l < sizes[3]; l++) {
                    start = combine(start, *value, context);
                    value += steps[3];
                }
            }
        }
    }
    return start;
}

typedef int8_t (*an_finish)(int32_t combined, const void *params);

/* finish turns what was combined over the reduced axes into an output value. */
static inline void an_reduce(const int8_t *input, int8_t *output, const an_reduction *axes, int32_t start, an_combine combine,
                             int32_t context, an_finish finish, const void *params)
{
    const int32_t *const sizes = axes->kept_sizes, *const steps = axes->kept_steps;
    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                for (int32_t l = 0; l < sizes[3]; l++) {
                    const int8_t *corner = input + i * steps[0] + j * steps[1] + k * steps[2] + l * steps[3];
                    *output++ = finish(an_combined(corner, axes, start, combine, context), params);
                }
            }
        }
    }
}

#endif

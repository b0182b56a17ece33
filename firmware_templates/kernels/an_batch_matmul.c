#include "an_fixed_point.h"
#include "an_kernels.h"

static int8_t *multiply(const int8_t *first, const int8_t *second, int8_t *output, const an_batch_matmul_params *params)
{
    for (int32_t row = 0; row < params->rows; row++) {
        for (int32_t column = 0; column < params->columns; column++) {
            const int8_t *a = first + row * params->first_row_step;
            const int8_t *b = second + column * params->second_column_step;
            int32_t sum = 0;
            for (int32_t k = 0; k < params->depth; k++) {
                sum += (*a - params->first_zero_point) * (*b - params->second_zero_point);
                a += params->first_depth_step;
                b += params->second_depth_step;
            }
            sum = an_rescale(sum, params->output_multiplier, params->output_shift, params->output_zero_point);
            *output++ = (int8_t)an_clamp(sum, INT8_MIN, INT8_MAX);
        }
    }
    return output;
}

void an_batch_matmul(const int8_t *first, const int8_t *second, int8_t *output, const an_batch_matmul_params *params)
{
    const int32_t *const sizes = params->sizes, *const a_steps = params->first_steps, *const b_steps = params->second_steps;

    for (int32_t i = 0; i < sizes[0]; i++) {
        for (int32_t j = 0; j < sizes[1]; j++) {
            for (int32_t k = 0; k < sizes[2]; k++) {
                for (int32_t l = 0; l < sizes[3]; l++) {
                    const int8_t *a = first + i * a_steps[0] + j * a_steps[1] + k * a_steps[2] + l * a_steps[3];
                    const int8_t *b = second + i * b_steps[0] + j * b_steps[1] + k * b_steps[2] + l * b_steps[3];
                    output = multiply(a, b, output, params);
                }
            }
        }
    }
}

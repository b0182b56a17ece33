#include "an_bytes.h"
#include "an_kernels.h"

/* One row of the output: every block_width-th position of an input row from column on. */
static int8_t *write_row(const int8_t *row, int8_t *output, int32_t column, const an_space_to_batch_params *params)
{
    for (int32_t i = 0; i < params->output_width; i++) {
        if (column >= 0 && column < params->input_width) {
            output = an_copy(output, row + column * params->channels, params->channels);
        } else {
            output = an_fill(output, params->channels, params->value);
        }
        column += params->block_width;
    }
    return output;
}

/* The batches of the output that take the position (top, left) of every block. */
static int8_t *write_batches(const int8_t *input, int8_t *output, int32_t top, int32_t left,
                             const an_space_to_batch_params *params)
{
    const int32_t row_size = params->input_width * params->channels;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        int32_t row = top - params->padding_top;
        for (int32_t i = 0; i < params->output_height; i++) {
            if (row >= 0 && row < params->input_height) {
                output = write_row(input + row * row_size, output, left - params->padding_left, params);
            } else {
                output = an_fill(output, params->output_width * params->channels, params->value);
            }
            row += params->block_height;
        }
        input += params->input_height * row_size;
    }
    return output;
}

void an_space_to_batch(const int8_t *input, int8_t *output, const an_space_to_batch_params *params)
{
    for (int32_t top = 0; top < params->block_height; top++) {
        for (int32_t left = 0; left < params->block_width; left++) {
            output = write_batches(input, output, top, left, params);
        }
    }
}

#include "an_copy.h"
#include "an_kernels.h"

void an_resize_nearest_neighbor(const int8_t *input, int8_t *output, const int16_t *rows, const int16_t *columns,
                                const an_resize_params *params)
{
    const int32_t channels = params->channels, row_size = params->output_width * channels;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            if (y > 0 && rows[y] == rows[y - 1]) {
                output = an_copy(output, output - row_size, row_size);
                continue;
            }
            const int8_t *row = input + rows[y] * params->input_width * channels;
            for (int32_t x = 0; x < params->output_width; x++) {
                output = an_copy(output, row + columns[x] * channels, channels);
            }
        }
        input += params->input_height * params->input_width * channels;
    }
}

#include "an_kernels.h"

void an_resize_nearest_neighbor(const int8_t *input, int8_t *output, const int16_t *rows, const int16_t *columns,
                                const an_resize_params *params)
{
    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int8_t *row = input + rows[y] * params->input_width * params->channels;
            for (int32_t x = 0; x < params->output_width; x++) {
                const int8_t *pixel = row + columns[x] * params->channels;
                for (int32_t c = 0; c < params->channels; c++) {
                    *output++ = pixel[c];
                }
            }
        }
        input += params->input_height * params->input_width * params->channels;
    }
}

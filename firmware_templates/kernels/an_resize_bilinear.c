#include "an_kernels.h"

/* A weighted sum with 20 fractional bits, rounded half away from zero. */
static int32_t rounded(int32_t sum)
{
    return (sum > 0 ? sum + (1 << 19) : sum - (1 << 19)) / (1 << 20);
}

void an_resize_bilinear(const int8_t *input, int8_t *output, const int32_t *rows, const int32_t *columns,
                        const an_resize_params *params)
{
    const int32_t row_size = params->input_width * params->channels;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t below = rows[y] & 1023, above = 1024 - below;
            const int8_t *row = input + (rows[y] >> 10) * row_size;
            /* Without a fraction there may be no next row or column; its weight is 0, so any will do. */
            const int32_t next_row = below > 0 ? row_size : 0;
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t right = columns[x] & 1023, left = 1024 - right;
                const int8_t *pixel = row + (columns[x] >> 10) * params->channels;
                const int32_t next_column = right > 0 ? params->channels : 0;
                for (int32_t c = 0; c < params->channels; c++, pixel++) {
                    const int32_t upper = pixel[0] * left + pixel[next_column] * right;
                    const int32_t lower = pixel[next_row] * left + pixel[next_row + next_column] * right;
                    *output++ = (int8_t)rounded(upper * above + lower * below);
                }
            }
        }
        input += params->input_height * row_size;
    }
}

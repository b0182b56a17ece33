#include "an_dsp.h"
#include "an_window.h"

/* The taps of one output position that lie inside the input. */
typedef struct {
    const int8_t *first;
    int32_t rows, columns, row_step;
} window;

/* All channels, four at a time; the last ones, where they are fewer than four, with ones before them. */
static void pool(const window *taps, int8_t *output, const an_pool_2d_params *params)
{
    for (int32_t group = 0; group < params->channels; group += 4) {
        const int32_t channel = an_min(group, params->channels - 4);
        const int8_t *line = taps->first + channel;
        uint32_t largest = 0x80808080u;
        for (int32_t row = taps->rows; row > 0; row--, line += taps->row_step) {
            if (taps->columns == 2) { /* by far the most frequent window */
                largest = an_dsp_max(largest, an_dsp_max(an_dsp_load(line), an_dsp_load(line + params->channels)));
                continue;
            }
            const int8_t *value = line;
            for (int32_t column = taps->columns; column > 0; column--, value += params->channels) {
                largest = an_dsp_max(largest, an_dsp_load(value));
            }
        }
        an_dsp_store(output + channel, largest);
    }
}

void an_dsp_max_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params)
{
    const int32_t row_step = params->input_width * params->channels;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const an_window rows = an_inside(top, params->window_height, 1, params->input_height);
            for (int32_t x = 0; x < params->output_width; x++) {
                const int32_t left = x * params->stride_width - params->padding_left;
                const an_window columns = an_inside(left, params->window_width, 1, params->input_width);
                window taps;
                taps.first = input + (top + rows.first) * row_step + (left + columns.first) * params->channels;
                taps.rows = rows.last - rows.first;
                taps.columns = columns.last - columns.first;
                taps.row_step = row_step;
                pool(&taps, output, params);
                output += params->channels;
            }
        }
        input += params->input_height * row_step;
    }
}

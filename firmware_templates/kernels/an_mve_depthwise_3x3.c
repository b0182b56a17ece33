#include "an_copy.h"
#include "an_mve.h"

#define TAPS 3

/* Row y of the input between its paddings; outside of the image, all is padding. */
static void load_row(int8_t *row, const int8_t *input, int32_t y, const an_mve_depthwise_3x3_params *params)
{
    const int32_t bytes = params->input_width * params->channels, zero_point = params->input_zero_point;
    const int32_t left = params->padding_left * params->channels;
    if (y < 0 || y >= params->input_height) {
        an_fill(row + left, zero_point, bytes);
        return;
    }
    const an_mve_runs runs = {bytes, 1, 0};
    an_mve_copy(row + left, input + y * bytes, &runs);
}

/* Scratch: three padded rows of the input, of which the next line of outputs keeps what it can. */
void an_mve_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                          const an_mve_depthwise_3x3_params *params)
{
    const int32_t row_bytes = (params->padding_left + params->input_width + params->padding_right) * params->channels;
    const an_mve_channels *const all = (const an_mve_channels *)(const void *)channels;
    const an_mve_line line = {params->output_width,      params->channels,       params->stride_width * params->channels,
                              params->output_zero_point, params->activation_min, params->activation_max};

    an_fill(scratch, params->input_zero_point, TAPS * row_bytes);
    for (int32_t batch = 0; batch < params->batches; batch++) {
        int32_t loaded = -params->padding_top;
        for (int32_t y = 0; y < params->output_height; y++) {
            const int32_t top = y * params->stride_height - params->padding_top;
            const int8_t *rows[TAPS];
            loaded = loaded < top ? top : loaded;
            for (; loaded < top + TAPS; loaded++) {
                load_row(scratch + (loaded + params->padding_top) % TAPS * row_bytes, input, loaded, params);
            }
            for (int32_t row = 0; row < TAPS; row++) {
                rows[row] = scratch + (top + row + params->padding_top) % TAPS * row_bytes;
            }
            an_mve_slide(rows, weights, all, output, &line);
            output += params->output_width * params->channels;
        }
        input += params->input_height * params->input_width * params->channels;
    }
}

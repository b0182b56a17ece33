#include "an_mve.h"

#define AN_PADDING(zero_point) (zero_point)
#define AN_LOAD_ROW(output, input, bytes) load_row(output, input, bytes)

static void load_row(int8_t *output, const int8_t *input, int32_t bytes)
{
    const an_mve_runs runs = {bytes, 1, 0};
    an_mve_copy(output, input, &runs);
}

#include "an_padded_rows.h"

/* Scratch: three padded rows of the input. */
void an_mve_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                          const an_mve_depthwise_3x3_params *params)
{
    const an_padded_image *const image = &params->image;
    const an_mve_line line = {params->output_width,      image->channels,        params->stride_width * image->channels,
                              params->output_zero_point, params->activation_min, params->activation_max};

    for (int32_t batch = 0; batch < params->batches; batch++) {
        an_padded_rows rows = an_begin_rows(input, scratch, image);
        for (int32_t y = 0; y < params->output_height; y++) {
            const int8_t *taken[3];
            an_take_rows(taken, &rows, y * params->stride_height - image->padding_top, image);
            an_mve_slide(taken, weights, (const an_mve_channels *)(const void *)channels, output, &line);
            output += params->output_width * image->channels;
        }
        input += image->height * image->width * image->channels;
    }
}

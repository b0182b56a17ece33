#include "an_thumb.h"

/* Unsigned bytes can be loaded from a constant distance, signed ones cannot: rows are kept 128 larger. */
#define AN_PADDING(zero_point) ((zero_point) + 128)
#define AN_LOAD_ROW(output, input, bytes) load_row(output, input, bytes)

static void load_row(int8_t *output, const int8_t *input, int32_t bytes)
{
    if ((((uintptr_t)output | (uintptr_t)input) & 3u) == 0u) {
        for (; bytes >= 4; bytes -= 4, output += 4, input += 4) {
            uint32_t word;
            __builtin_memcpy(&word, __builtin_assume_aligned(input, 4), 4);
            word ^= 0x80808080u;
            __builtin_memcpy(__builtin_assume_aligned(output, 4), &word, 4);
        }
    }
    for (; bytes > 0; bytes--) {
        *output++ = (int8_t)(*input++ ^ -128);
    }
}

#include "an_padded_rows.h"

/* Biases have what the larger rows add in them, negated. Scratch: three padded rows of the input. */
void an_thumb_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                            const an_thumb_depthwise_3x3_params *params)
{
    const an_padded_image *const image = &params->image;
    const an_thumb_line line = {image->channels, params->rounding, params->activation_min, params->activation_max};

    for (int32_t batch = 0; batch < params->batches; batch++) {
        an_padded_rows rows = an_begin_rows(input, scratch, image);
        for (int32_t y = 0; y < params->output_height; y++) {
            const int8_t *taken[3];
            an_take_rows(taken, &rows, y * params->stride_height - image->padding_top, image);
            for (int32_t x = 0; x < params->output_width; x++) {
                an_thumb_slide(taken, weights, channels, output, &line);
                output += image->channels;
                for (int32_t i = 0; i < 3; i++) {
                    taken[i] += params->stride_width * image->channels;
                }
            }
        }
        input += image->height * image->width * image->channels;
    }
}

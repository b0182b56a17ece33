#include "an_dsp.h"
#include "an_fixed_point.h"

#define PLANES 4

/* A part of the output along one axis, and the part of the input that it needs. */
typedef struct {
    int32_t first, outputs;
    int32_t begin, count; /* of the input, as far as there is one */
    int32_t missing;      /* what it needs before that */
    int32_t whole;        /* whether the input has all that it needs */
} part;

static part part_of(int32_t first, int32_t outputs, int32_t stride, int32_t padding, int32_t input_size)
{
    const int32_t start = first * stride - padding, needed = (outputs - 1) * stride + 3;
    part taken;
    taken.first = first;
    taken.outputs = outputs;
    taken.begin = an_max(start, 0);
    taken.missing = taken.begin - start;
    taken.count = an_max(an_min(start + needed, input_size) - taken.begin, 0);
    taken.whole = taken.count == needed;
    return taken;
}

/* Eight values at a time. */
static void fill(int16_t *planes, int32_t count, int32_t value)
{
    const uint32_t pair = (uint32_t)(uint16_t)value * 0x00010001u;
    for (; count > 0; count -= 8, planes += 8) {
        for (int32_t i = 0; i < 8; i += 2) {
            __builtin_memcpy(__builtin_assume_aligned(planes + i, 4), &pair, sizeof pair);
        }
    }
}

static void slide(const int16_t *plane, int8_t *output, const int8_t *weights, const an_channel *channel,
                  const an_dsp_sliding *where, int32_t stride)
{
    if (stride == 1) {
        an_dsp_slide_by_1(plane, output, weights, channel, where);
    } else {
        an_dsp_slide_by_2(plane, output, weights, channel, where);
    }
}

/* All channels of a block of outputs. */
static void block(const int8_t *input, int8_t *output, int16_t *planes, const int8_t *weights, const an_channel *channels,
                  const part *lines, const part *values, const an_dsp_depthwise_3x3_params *params)
{
    const int32_t plane_lines = (params->tile - 1) * params->line_stride + 3, plane_size = plane_lines * AN_DSP_LINE;
    const int32_t start = AN_DSP_LINE - 2 - params->stride * values->outputs;
    const an_dsp_gathering what = {lines->count, values->count, params->input_step, params->input_line_step, 2 * plane_size};
    const an_dsp_sliding where = {lines->outputs,       values->outputs,          2 * params->line_stride * AN_DSP_LINE,
                                  params->output_step, params->output_line_step, params->rounding};

    if (!lines->whole || !values->whole) {
        fill(planes, PLANES * plane_size, params->input_zero_point);
    }
    input += lines->begin * params->input_line_step + values->begin * params->input_step;
    output += lines->first * params->output_line_step + values->first * params->output_step;
    for (int32_t group = 0; group < params->channels; group += PLANES) {
        const int32_t first = an_min(group, params->channels - PLANES);
        if (lines->count > 0 && values->count > 0) {
            an_dsp_gather(input + first, planes + lines->missing * AN_DSP_LINE + start + values->missing, &what);
        }
        for (int32_t k = 0; k < PLANES; k++) {
            for (int32_t m = 0; m < params->depth_multiplier; m++) {
                const int32_t channel = (first + k) * params->depth_multiplier + m;
                slide(planes + k * plane_size, output + channel, weights + 12 * channel, channels + channel, &where,
                      params->stride);
            }
        }
    }
}

/* Weights: per output channel, for each of three lines (w0, w1, w1, w2). Lines run along the longer axis of the image. Scratch: planes of
 * four channels. */
void an_dsp_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                          const an_dsp_depthwise_3x3_params *params)
{
    int16_t *const planes = (int16_t *)(void *)scratch;
    const int32_t most = 16 / params->stride;

    for (int32_t batch = 0; batch < params->batches; batch++) {
        for (int32_t x = 0; x < params->output_size; x += most) {
            const part values =
                part_of(x, an_min(most, params->output_size - x), params->stride, params->padding, params->input_size);
            for (int32_t y = 0; y < params->output_lines; y += params->tile) {
                const part lines = part_of(y, an_min(params->tile, params->output_lines - y), params->line_stride,
                                           params->line_padding, params->input_lines);
                block(input, output, planes, weights, channels, &lines, &values, params);
            }
        }
        input += params->input_batch;
        output += params->output_batch;
    }
    if (params->clamped) {
        for (int8_t *value = output - params->batches * params->output_batch; value < output; value++) {
            *value = (int8_t)an_clamp(*value, params->activation_min, params->activation_max);
        }
    }
}

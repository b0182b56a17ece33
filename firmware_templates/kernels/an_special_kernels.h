/* Kernels that only some cores have, beside the portable ones of an_kernels.h, which includes this. */
#ifndef AN_SPECIAL_KERNELS_H
#define AN_SPECIAL_KERNELS_H

/* A convolution without groups and dilation. */
typedef struct {
    int32_t positions; /* of the output, in all batches */
    int32_t input_height, input_width, input_channels;
    int32_t output_height, output_width;
    int32_t kernel_height, kernel_width;
    int32_t stride_height, stride_width;
    int32_t padding_top, padding_left;
    int32_t input_zero_point;
    int32_t spare_columns; /* which must be behind the taps in the last row, because whole words are read */
} an_geometry;

/* For cores with sixteen-bit instructions only: at least eight output channels. */
typedef struct {
    an_geometry geometry;
    int32_t output_channels;
    int32_t depth; /* taps of one output, a multiple of four */
    int32_t rounding, activation_min, activation_max;
} an_thumb_conv_2d_params;

void an_thumb_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                      const an_thumb_conv_2d_params *params);

/* For cores with the DSP extension: at least four output channels. */
typedef struct {
    an_geometry geometry;
    int32_t output_channels;
    int32_t pointwise;     /* 1x1, in steps of one, channels in fours */
    int32_t fours, depth;  /* words of taps in a row of them, and taps in all rows of words */
    int32_t tile;          /* positions worked on at once: even, and fewer than an odd number of positions */
    int32_t rounding;
    int32_t clamped;
    uint32_t low, high; /* the output's limits in four bytes each */
} an_dsp_conv_2d_params;

/* Channels: an_dsp_channels, as int32_t. */
void an_dsp_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                    const an_dsp_conv_2d_params *params);

/* For cores with the DSP extension: rows of values times a matrix. */
typedef struct {
    int32_t rows;
    int32_t input_size, output_size; /* of a row */
    int32_t rounding;
    int32_t clamped;
    uint32_t low, high; /* the output's limits in four bytes each */
} an_dsp_fully_connected_params;

/* Channels: an_dsp_channels, as int32_t. */
void an_dsp_fully_connected(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                            const an_dsp_fully_connected_params *params);

/* For cores with the DSP extension: windows of 3x3 without dilation, at least four channels. Steps are bytes from one value of a line, and
 * from one line, to the next. */
typedef struct {
    int32_t batches, input_batch, output_batch; /* bytes */
    int32_t channels, depth_multiplier;
    int32_t input_lines, input_size, input_line_step, input_step;
    int32_t output_lines, output_size, output_line_step, output_step;
    int32_t line_stride, stride; /* stride along a line: 1 or 2 */
    int32_t line_padding, padding;
    int32_t input_zero_point;
    int32_t tile; /* lines of outputs worked on at once */
    int32_t rounding;
    int32_t clamped, activation_min, activation_max;
} an_dsp_depthwise_3x3_params;

void an_dsp_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                          const an_dsp_depthwise_3x3_params *params);

/* For cores with the DSP extension: operands of one shape, at least four values. Zero points are negated. */
typedef struct {
    int32_t size;
    int32_t second_zero_point, second_multiplier, second_rounding, second_shift;
    int32_t first_zero_point; /* of the operand with the larger scale */
    int32_t output_multiplier, output_rounding, output_shift;
    int32_t clamped;
    uint32_t low, high;
} an_dsp_add_params;

typedef struct {
    int32_t size;
    uint32_t first_zero_point, second_zero_point; /* twice, as int16 */
    int32_t output_multiplier, output_rounding, output_shift;
    int32_t clamped;
    uint32_t low, high;
} an_dsp_mul_params;

void an_dsp_add(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_add_params *params);
void an_dsp_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_mul_params *params);

/* The same for cores without a long multiplication. */
void an_thumb_add(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_add_params *params);
void an_thumb_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_dsp_mul_params *params);

/* For cores with the DSP extension: at least four channels, outputs that are not clamped, means of at most 255 taps. */
void an_dsp_average_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params);
void an_dsp_max_pool_2d(const int8_t *input, int8_t *output, const an_pool_2d_params *params);

/* For cores with Helium: at least four output channels, shifts to the right. */
typedef struct {
    an_geometry geometry;
    int32_t output_channels;
    int32_t depth;    /* taps of one output, a multiple of sixteen */
    int32_t readable; /* positions of a convolution by 1x1 in steps of one from which whole vectors can be read; for others 0 */
    int32_t output_zero_point, activation_min, activation_max;
} an_mve_conv_2d_params;

/* Channels: an_mve_channels, as int32_t. */
void an_mve_conv_2d(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                    const an_mve_conv_2d_params *params);

/* For cores with Helium: rows of values times a matrix, shifts to the right. */
typedef struct {
    int32_t rows;
    int32_t input_size, output_size; /* of a row */
    int32_t depth;                   /* the input's size, filled up to a multiple of sixteen */
    int32_t readable;                /* rows from which whole vectors can be read */
    int32_t output_zero_point, activation_min, activation_max;
} an_mve_fully_connected_params;

/* Channels: an_mve_channels, as int32_t. */
void an_mve_fully_connected(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                            const an_mve_fully_connected_params *params);

/* An image with what is missing around it. */
typedef struct {
    int32_t height, width, channels;
    int32_t padding_top, padding_left, padding_right;
    int32_t zero_point;
} an_padded_image;

/* For cores with Helium: 3x3 without dilation and multiplier, at least sixteen channels, shifts to the right. */
typedef struct {
    an_padded_image image;
    int32_t batches;
    int32_t output_height, output_width;
    int32_t stride_height, stride_width;
    int32_t output_zero_point, activation_min, activation_max;
} an_mve_depthwise_3x3_params;

/* For cores with sixteen-bit instructions only: the same, with any number of channels. */
typedef struct {
    an_padded_image image;
    int32_t batches;
    int32_t output_height, output_width;
    int32_t stride_height, stride_width;
    int32_t rounding, activation_min, activation_max;
} an_thumb_depthwise_3x3_params;

void an_thumb_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const an_channel *channels,
                            const an_thumb_depthwise_3x3_params *params);

void an_mve_depthwise_3x3(const int8_t *input, int8_t *output, int8_t *scratch, const int8_t *weights, const int32_t *channels,
                          const an_mve_depthwise_3x3_params *params);

/* For cores with Helium: windows of 2x2 that are wholly inside. A row of outputs: */
typedef struct {
    int32_t maximum; /* else the mean, halves away from zero */
    int32_t positions, channels;
    int32_t step, row_step; /* from one window to the next, and from one row of the input to the next */
} an_mve_windows;

typedef struct {
    int32_t batches;
    int32_t input_height, output_height, stride_height;
    an_mve_windows row;
} an_mve_pool_2x2_params;

void an_mve_pool_2x2(const int8_t *input, int8_t *output, const an_mve_pool_2x2_params *params);

/* For cores with Helium: operands of one shape. Results shift to the right (shifts are negative), after an offset: the zero point, shifted to the
 * left. Of a sum's operands, the first has the larger scale; scales are powers of two, offsets are negated zero points times them. */
typedef struct {
    int32_t size;
    int32_t first_offset;
    int32_t second_scale, second_offset, second_multiplier, second_shift;
    int32_t output_multiplier, output_shift, output_offset;
    int32_t activation_min, activation_max;
} an_mve_add_params;

typedef struct {
    int32_t size;
    int32_t first_zero_point, second_zero_point; /* negated */
    int32_t output_multiplier, output_shift, output_offset;
    int32_t activation_min, activation_max;
} an_mve_mul_params;

void an_mve_add(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_add_params *params);
void an_mve_mul(const int8_t *first, const int8_t *second, int8_t *output, const an_mve_mul_params *params);

/* Products with gates at half the resolution: rows and columns are those of the gates, the product is that of one row of values. */
typedef struct {
    int32_t rows, columns, channels;
    an_dsp_mul_params product;
} an_dsp_attend_params;

typedef struct {
    int32_t rows, columns, channels;
    an_mve_mul_params product;
} an_mve_attend_params;

void an_dsp_attend(const int8_t *values, const int8_t *gates, int8_t *output, int8_t *scratch, const an_dsp_attend_params *params);
void an_mve_attend(const int8_t *values, const int8_t *gates, int8_t *output, int8_t *scratch, const an_mve_attend_params *params);
void an_thumb_attend(const int8_t *values, const int8_t *gates, int8_t *output, int8_t *scratch, const an_dsp_attend_params *params);

#endif

/* The model as a filter: input tensors on standard input, output tensors on standard output, until the input ends. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "an_binding.h"

int main(void) {
    /* On the heap, in their exact sizes: there a sanitizer sees the first byte read or written too far. */
    int8_t *input = malloc(AN_INPUT_BYTES);
    int8_t *output = malloc(AN_OUTPUT_BYTES);
    AN_RESET();
    while (input != NULL && output != NULL && fread(input, 1, AN_INPUT_BYTES, stdin) == AN_INPUT_BYTES) {
        AN_CALL(AN_RUN, input, output);
        fwrite(output, 1, AN_OUTPUT_BYTES, stdout);
    }
    free(input);
    free(output);
    return 0;
}

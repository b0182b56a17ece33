/* Makes the model callable from a process on the host: hands every layer's output to a listener. */
#include <stddef.h>
#include <stdint.h>

typedef void (*an_trace_listener)(int layer, const int8_t *data, size_t bytes);

void an_trace(int layer, const int8_t *data, size_t bytes);
void an_set_trace_listener(an_trace_listener new_listener);

static an_trace_listener listener;

void an_set_trace_listener(an_trace_listener new_listener) {
    listener = new_listener;
}

void an_trace(int layer, const int8_t *data, size_t bytes) {
    if (listener != NULL) {
        listener(layer, data, bytes);
    }
}

/* What generated models need beside the kernels: a hook after every layer, for verification on a host, and a place for the arena. */
#ifndef AN_MODEL_H
#define AN_MODEL_H

#ifdef AN_TRACE
#include <stddef.h>
#include <stdint.h>
void an_trace(int layer, const int8_t *data, size_t bytes);
#define AN_LAYER_DONE(layer, data, bytes) an_trace(layer, data, bytes)
#else
#define AN_LAYER_DONE(layer, data, bytes) ((void)0)
#endif

/* The arena has a section of its own where the object format is ELF, so that a linker script can place and measure it. */
#ifdef __ELF__
#define AN_ARENA __attribute__((aligned(8), section(".arena")))
#else
#define AN_ARENA __attribute__((aligned(8)))
#endif

#endif

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

/* The arena is a variable like any other, unless the build names a section for it: -DAN_ARENA_SECTION=.arena, so that a linker script can
 * place and measure it; and .arena_2 for what lies in another RAM. */
#ifdef AN_ARENA_SECTION
#define AN_TEXT_OF(name) #name
#define AN_SECTION(name, suffix) section(AN_TEXT_OF(name) suffix)
#define AN_ARENA __attribute__((aligned(8), AN_SECTION(AN_ARENA_SECTION, "")))
#define AN_ARENA_2 __attribute__((aligned(8), AN_SECTION(AN_ARENA_SECTION, "_2")))
#else
#define AN_ARENA __attribute__((aligned(8)))
#define AN_ARENA_2 AN_ARENA
#endif

#endif

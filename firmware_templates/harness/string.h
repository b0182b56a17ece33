/* The part of the C library that compilers assume even where there is none. */
#ifndef AN_STRING_H
#define AN_STRING_H

#include <stddef.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes);
void *memmove(void *destination, const void *source, size_t bytes);
void *memset(void *destination, int value, size_t bytes);

/* A freestanding compiler does not expand small copies by itself: ask for it by the built-in's name. */
#define memcpy(destination, source, bytes) __builtin_memcpy(destination, source, bytes)
#define memmove(destination, source, bytes) __builtin_memmove(destination, source, bytes)
#define memset(destination, value, bytes) __builtin_memset(destination, value, bytes)

#endif

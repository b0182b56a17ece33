/* The stack, as large as its worst case, in a file of its own: no other code depends on the size. */
#include <stdint.h>

extern uint8_t an_stack[AN_STACK_BYTES];
__attribute__((section(".stack"), aligned(8), used)) uint8_t an_stack[AN_STACK_BYTES];

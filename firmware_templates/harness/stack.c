#include "stack.h"

#define PAINT 0x5AC3963C /* unlikely as a value of the program, and the same number in C and in assembly */
#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)

extern volatile uint32_t __stack_start[];
extern uint8_t __stack_bytes[];

/* In assembly, because no compiler promises to keep its own variables off the stack that this overwrites. */
__attribute__((naked)) void an_stack_paint(void) {
    __asm__ volatile("    .syntax unified\n"
                     "    ldr r0, =__stack_start\n"
                     "    ldr r1, =__stack_end\n"
                     "    ldr r2, =" TEXT(PAINT) "\n"
                     "1:  str r2, [r0]\n"
                     "    adds r0, #4\n"
                     "    cmp r0, r1\n"
                     "    blo 1b\n"
                     "    bx lr\n"
                     "    .ltorg\n");
}

uint32_t an_stack_used(void) {
    const uint32_t words = (uint32_t)(uintptr_t)__stack_bytes / 4u;
    uint32_t untouched = 0;
    while (untouched < words && __stack_start[untouched] == PAINT) {
        untouched++;
    }
    return 4u * (words - untouched);
}

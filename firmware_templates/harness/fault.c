#include "fault.h"

#include <stdint.h>

#include "text.h"
#include "uart.h"

/* What the core pushes on exception entry (Armv6-M and Armv7-M, basic frame). */
typedef struct {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
} an_exception_frame;

#define XPSR_ALIGNED (1u << 9) /* the core pushed one more word to align the stack */

void an_fault_report(const an_exception_frame *frame);

/* Naked: the main stack pointer must be read before any C code moves it. */
__attribute__((naked)) void an_hard_fault(void) {
    __asm__ volatile("mrs r0, msp\n"
                     "bl an_fault_report\n");
}

static void an_print_register(const char *name, uint32_t value) {
    an_print(name);
    an_print_hex(value);
}

__attribute__((used, noreturn)) void an_fault_report(const an_exception_frame *frame) {
    const uint32_t padding = (frame->xpsr & XPSR_ALIGNED) != 0u ? 4u : 0u;
    an_print_register("FAULT hardfault pc ", frame->pc);
    an_print_register(" lr ", frame->lr);
    an_print_register(" sp ", (uint32_t)(uintptr_t)frame + (uint32_t)sizeof *frame + padding);
#if __ARM_ARCH >= 7 /* Armv6-M has no fault status registers */
    an_print_register(" cfsr ", *(const volatile uint32_t *)0xE000ED28u);
    an_print_register(" hfsr ", *(const volatile uint32_t *)0xE000ED2Cu);
    an_print_register(" mmfar ", *(const volatile uint32_t *)0xE000ED34u);
    an_print_register(" bfar ", *(const volatile uint32_t *)0xE000ED38u);
#endif
    an_print("\n");
    for (;;) {
        __asm__ volatile("wfi");
    }
}

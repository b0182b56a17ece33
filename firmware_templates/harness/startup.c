/* Vector table and reset: make the C environment, then enter the main loop. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "an_binding.h"
#include "board.h"
#include "cache.h"
#include "fault.h"
#include "main.h"
#include "mpu.h"

/* Defined by the linker script; a name ending in _bytes carries its value as its address. */
extern uint8_t __stack_end[];
extern uint8_t __data_start[], __data_bytes[];
extern const uint8_t __data_load[];
extern uint8_t __bss_start[], __bss_bytes[];
extern void (*const __constructors_start[])(void);
extern void (*const __constructors_end[])(void);

void an_reset(void);
void an_start(void);

typedef struct {
    uint8_t *stack;
    void (*handlers[15])(void);
} an_vector_table;

/* No interrupt is ever enabled, so the table ends with the system exceptions; all but reset are faults here. */
__attribute__((section(".vectors"), used, aligned(128))) static const an_vector_table an_vectors = {
    __stack_end,
    {an_reset, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault,
     an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault, an_hard_fault},
};

/* Where a boot loader ran first, the table is still its own. On a core without the register this does nothing. */
#define VTOR AN_REGISTER(0xE000ED08u)
#define CPACR AN_REGISTER(0xE000ED88u)
#define CPACR_FLOATING_POINT_AND_HELIUM (15u << 20)

/* Naked: nothing may be on the stack while it is painted. */
__attribute__((naked)) void an_reset(void) {
    __asm__ volatile("bl an_stack_paint\n"
                     "bl an_start\n");
}

__attribute__((used, noreturn)) void an_start(void) {
    VTOR = (uint32_t)(uintptr_t)&an_vectors;
#if defined __ARM_FP || defined __ARM_FEATURE_MVE /* off after reset (Armv7-M manual, B3.2.20) */
    CPACR |= CPACR_FLOATING_POINT_AND_HELIUM;
    __asm__ volatile("dsb\n"
                     "isb\n");
#endif
    const uint32_t failed = an_board_setup(); /* first: some RAM works only then */
    memcpy(__data_start, __data_load, (size_t)(uintptr_t)__data_bytes);
    memset(__bss_start, 0, (size_t)(uintptr_t)__bss_bytes);
#ifdef AN_CACHES
    an_caches_enable();
#endif
    an_mpu_enable();
#ifdef AN_CONSTRUCTORS /* only where there is C++ */
    for (void (*const *constructor)(void) = __constructors_start; constructor != __constructors_end; constructor++) {
        (*constructor)();
    }
#endif
    an_main(failed);
}
